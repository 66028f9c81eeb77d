#!/bin/sh
# The master: kubeadm init without kube-proxy. Done again on a master that runs, it changes nothing; one that was interrupted
# is begun anew. Environment: see scripts/provision/environment.rb, and TOKEN, the bootstrap token of this cluster.
set -eu
put() { cat >"$1.new"; chmod 600 "$1.new"; mv "$1.new" "$1"; }
admin=/etc/kubernetes/admin.conf
initialized=/etc/kubernetes/workshop-initialized

mkdir -p /etc/kubernetes
if [ ! -e $initialized ]; then
	# A half-made control plane is not repaired by a second init.
	[ ! -e $admin ] || kubeadm reset --force >/dev/null
	# A busy emulated machine answers its probes late; to be killed for it, and begun again, only makes it busier.
	mkdir -p /etc/kubernetes/patches
	for part in etcd kube-apiserver kube-controller-manager kube-scheduler; do
		put /etc/kubernetes/patches/$part+strategic.yaml <<X
spec:
  containers:
  - name: $part
    livenessProbe: {failureThreshold: 60, timeoutSeconds: 60}
    startupProbe: {failureThreshold: 120, timeoutSeconds: 60}
X
	done
	put /etc/kubernetes/kubeadm.yaml <<X
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $NODE_IP, bindPort: 6443}
nodeRegistration:
  name: $NODE_NAME
  criSocket: unix:///run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  kubeletExtraArgs:
  - {name: node-ip, value: $NODE_IP}
bootstrapTokens:
- {token: $TOKEN, ttl: "24h0m0s"}
skipPhases: [addon/kube-proxy]
patches: {directory: /etc/kubernetes/patches}
timeouts: # an emulated machine is some twenty times slower
  controlPlaneComponentHealthCheck: 20m0s
  kubeletHealthCheck: 20m0s
  kubernetesAPICall: 10m0s
  etcdAPICall: 10m0s
  tlsBootstrap: 20m0s
  discovery: 20m0s
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $(kubeadm version -o short)
networking: {podSubnet: $POD_CIDR, serviceSubnet: $SERVICE_CIDR, dnsDomain: $DOMAIN}
proxy: {disabled: true}
encryptionAlgorithm: ECDSA-P256 # RSA keys take long to make and to use in an emulated machine
apiServer:
  extraArgs:
  - {name: service-node-port-range, value: $NODE_PORTS}
controllerManager: # one master: no leader to elect, and no lease to lose when slow
  extraArgs:
  - {name: leader-elect, value: "false"}
scheduler:
  extraArgs:
  - {name: leader-elect, value: "false"}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
runtimeRequestTimeout: 10m0s
X
	kubeadm init --config /etc/kubernetes/kubeadm.yaml
	touch $initialized
fi

# The workers' Node objects are there before they join, so that each has the pod addresses which routes and pod network name,
# in whatever order they come. The kubelet takes over an object that is there already.
for node in $NODES; do
	name=${node%%,*} pods=${node##*,}
	[ "$name" = "$NODE_NAME" ] && continue
	kubectl --kubeconfig $admin get node "$name" >/dev/null 2>&1 && continue
	printf 'apiVersion: v1\nkind: Node\nmetadata: {name: %s}\nspec: {podCIDR: %s, podCIDRs: [%s]}\n---\n' "$name" "$pods" "$pods"
done | { cat; echo; } >/run/workshop-nodes.yaml
if grep -q kind /run/workshop-nodes.yaml; then kubectl --kubeconfig $admin create -f /run/workshop-nodes.yaml; fi

# The token lasts a day; a worker that is made later needs it too.
kubeadm --kubeconfig $admin token list 2>/dev/null | grep -q "^${TOKEN%.*}\." ||
	kubeadm --kubeconfig $admin token create "$TOKEN" --ttl 24h0m0s >/dev/null
