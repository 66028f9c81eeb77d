#!/bin/sh
# The master: kubeadm init without kube-proxy. Done again on a master that runs, it changes nothing; one that was interrupted
# is begun anew. Environment: see scripts/provision/environment.rb, and TOKEN, the bootstrap token of this cluster.
set -eu
put() { cat >"$1.new"; chmod 600 "$1.new"; mv "$1.new" "$1"; }
now() { cut -d. -f1 /proc/uptime; }
admin=/etc/kubernetes/admin.conf
initialized=/etc/kubernetes/workshop-initialized

mkdir -p /etc/kubernetes
if [ ! -e $initialized ]; then
	# A half-made control plane is not repaired by a second init.
	[ ! -e $admin ] || kubeadm reset --force >/dev/null
	# A busy emulated machine answers its probes late; to be killed for it, and begun again, only makes it busier.
	mkdir -p /etc/kubernetes/patches
	# Go's variables are as in node.sh; all wait for the API server, which may use what there is.
	env='{name: GOGC, value: "400"}' one=
	if [ "$(systemd-detect-virt)" = qemu ]; then
		env="$env, {name: GODEBUG, value: asyncpreemptoff=1}" one=', {name: GOMAXPROCS, value: "1"}'
	fi
	# kubeadm has three of them asked every second whether they are ready, most often with a TLS handshake.
	for part in etcd kube-apiserver kube-controller-manager kube-scheduler; do
		case $part in kube-apiserver) own=$env ;; *) own=$env$one ;; esac
		{
			cat <<X
spec:
  containers:
  - name: $part
    env: [$own]
    livenessProbe: {failureThreshold: 60, timeoutSeconds: 60}
    startupProbe: {failureThreshold: 120, timeoutSeconds: 60}
X
			[ $part = kube-controller-manager ] || echo '    readinessProbe: {periodSeconds: 10}'
		} | put /etc/kubernetes/patches/$part+strategic.yaml
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
  - {name: feature-gates, value: "MutatingAdmissionPolicy=true"} # beta in 1.35: see the policy below
  - {name: runtime-config, value: "admissionregistration.k8s.io/v1beta1=true"}
  - {name: etcd-count-metric-poll-period, value: "0"} # else two fifths of what etcd is asked at rest are counts for a metric
etcd: # one member: no follower hears its heartbeat
  local:
    extraArgs:
    - {name: heartbeat-interval, value: "1000"}
    - {name: election-timeout, value: "10000"}
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
imageGCHighThresholdPercent: 100 # an image that is removed may not be had again
X
	kubeadm init --config /etc/kubernetes/kubeadm.yaml
	touch $initialized
fi

# After a boot the API server answers a while later than the shell.
limit=$(($(now) + 900))
until known=$(kubectl --kubeconfig $admin --request-timeout=30s get nodes -o name 2>&1); do
	[ "$(now)" -lt $limit ] || { echo "the API server does not answer: $known" >&2; exit 1; }
	sleep 2
done

{
	# The workers' Node objects are there before they join, so that each has the pod addresses which routes and pod network name,
	# in whatever order they come. The kubelet takes over an object that is there already.
	for node in $NODES; do
		name=${node%%,*} pods=${node##*,}
		echo "$known" | grep -qx "node/$name" && continue
		printf 'apiVersion: v1\nkind: Node\nmetadata: {name: %s}\nspec: {podCIDR: %s, podCIDRs: [%s]}\n---\n' "$name" "$pods" "$pods"
	done
	# Kubernetes asks the registry anew for an image without a tag, also where it is there already. This network may have none.
	cat <<'X'
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicy
metadata: {name: workshop-images-that-are-there}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  failurePolicy: Ignore
  reinvocationPolicy: Never
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: >-
        Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name,
        imagePullPolicy: c.image.matches("(^|/)[^:@/]+(:latest)?$") ? "IfNotPresent" : c.imagePullPolicy})}}
---
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicyBinding
metadata: {name: workshop-images-that-are-there}
spec: {policyName: workshop-images-that-are-there}
X
} | kubectl --kubeconfig $admin apply -f -

# The token lasts a day; a worker that is made later needs it too.
kubeadm --kubeconfig $admin token list 2>/dev/null | grep -q "^${TOKEN%.*}\." ||
	kubeadm --kubeconfig $admin token create "$TOKEN" --ttl 24h0m0s >/dev/null
