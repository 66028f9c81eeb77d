#!/bin/sh
# A worker: kubeadm join. One that has joined already is left as it is; one that was interrupted is begun anew.
# Environment: see scripts/provision/environment.rb, and TOKEN and CA_HASH of the cluster.
set -eu
put() { cat >"$1.new"; chmod 600 "$1.new"; mv "$1.new" "$1"; }
joined=/etc/kubernetes/workshop-joined

mkdir -p /etc/kubernetes
if [ "$(cat $joined 2>/dev/null)" = "$CA_HASH" ]; then
	systemctl is-active -q kubelet || systemctl start kubelet
	exit 0
fi
[ ! -e /etc/kubernetes/kubelet.conf ] && [ ! -e /etc/kubernetes/bootstrap-kubelet.conf ] || kubeadm reset --force >/dev/null
put /etc/kubernetes/kubeadm.yaml <<X
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    token: $TOKEN
    apiServerEndpoint: $MASTER_IP:6443
    caCertHashes: ["$CA_HASH"]
nodeRegistration:
  name: $NODE_NAME
  criSocket: unix:///run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  kubeletExtraArgs:
  - {name: node-ip, value: $NODE_IP}
timeouts:
  kubeletHealthCheck: 20m0s
  kubernetesAPICall: 10m0s
  tlsBootstrap: 20m0s
  discovery: 20m0s
X
kubeadm join --config /etc/kubernetes/kubeadm.yaml
echo "$CA_HASH" >$joined
