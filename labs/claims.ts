/** One testable sentence of the documents. */
export interface Claim {
  id: string;
  /** Numbers of the documents that say it. */
  documents: readonly string[];
  text: string;
}

/** Every claim of the five documents; labs name them by id. */
export const claims: readonly Claim[] = [
  { id: 'S-01', documents: ['000'], text: 'a Service decouples frontends from the set of backends' },
  {
    id: 'S-02',
    documents: ['000'],
    text: 'POSTing a Service (selector app: MyApp, port 80 → 9376) creates it with a cluster IP and sends to 9376 on any pod with the label',
  },
  {
    id: 'S-03',
    documents: ['000'],
    text: 'the selector is evaluated continuously and the result is written to an Endpoints object of the same name',
  },
  {
    id: 'S-04',
    documents: ['000', '002'],
    text: 'targetPort may be the name of a pod port, and the number behind the name may differ from pod to pod',
  },
  {
    id: 'S-05',
    documents: ['000'],
    text: 'every node runs the proxy, which implements virtual IPs for every type but ExternalName',
  },
  {
    id: 'S-06',
    documents: ['000', '003'],
    text: 'multi-port Services must name every port; names are lower-case alphanumerics and -, alphanumeric at both ends: 123-abc, web valid, 123_abc, -web not',
  },
  {
    id: 'S-07',
    documents: ['000', '003', '004'],
    text: 'redis-master at 10.0.0.11:6379 yields exactly the seven REDIS_MASTER_ variables',
  },
  {
    id: 'S-08',
    documents: ['000', '002', '004'],
    text: 'my-service in my-ns resolves as my-service inside the namespace and my-service.my-ns elsewhere, to the cluster IP',
  },
  { id: 'S-09', documents: ['000', '002'], text: '_http._tcp.my-service.my-ns SRV gives the port' },
  {
    id: 'S-10',
    documents: ['000', '001'],
    text: 'ExternalName returns a CNAME, nothing is proxied, and only DNS can reach it',
  },
  {
    id: 'S-11',
    documents: ['000', '001', '002', '004'],
    text: 'types: ClusterIP is the default and internal only; NodePort ⊃ ClusterIP; LoadBalancer ⊃ NodePort; ExternalName',
  },
  {
    id: 'L-01',
    documents: ['001'],
    text: 'hostname-deployment (3 replicas, app: webserver) gives three pods, each answering Hello, <pod name> on its own IP',
  },
  { id: 'L-02', documents: ['001'], text: 'the manifest carries imagePullSecrets: regcred' },
  {
    id: 'L-03',
    documents: ['001', '004'],
    text: "a pod's IP changes when the pod is replaced; a client that knows only the IP is lost",
  },
  {
    id: 'L-04',
    documents: ['001'],
    text: 'the ClusterIP Service shows TYPE, CLUSTER-IP, PORT(S) 8080/TCP; kubernetes has the first address, 443',
  },
  { id: 'L-05', documents: ['001'], text: 'requests to CLUSTER-IP:8080 from a pod are spread over the pods' },
  { id: 'L-06', documents: ['001'], text: "the Service's name works in place of its address" },
  { id: 'L-07', documents: ['001'], text: 'delete a pod: a new one appears and gets requests' },
  { id: 'L-08', documents: ['001'], text: 'a request loop shows the pods in round-robin fashion' },
  {
    id: 'L-09',
    documents: ['001'],
    text: 'a pod started after the Service has the eight HOSTNAME_SERVICE_CLUSTERIP_ variables listed',
  },
  {
    id: 'L-10',
    documents: ['001', '002', '003', '004'],
    text: 'sessionAffinity: ClientIP: applying over the old Service says configured; each client stays on one pod; a second client may have another',
  },
  {
    id: 'L-11',
    documents: ['001'],
    text: 'each client pod has an address of its own, which the affinity is keyed on',
  },
  { id: 'L-12', documents: ['001'], text: 'the lab is cleaned up at the end' },
  { id: 'L-13', documents: ['001'], text: 'a Service can be made from a manifest or with kubectl expose' },
  {
    id: 'L-14',
    documents: ['001', '002', '004'],
    text: 'a NodePort is open on every node, same number; random from 30000–32767 unless chosen',
  },
  {
    id: 'R-01',
    documents: ['002'],
    text: "my-nginx-svc (LoadBalancer, port 80) over my-nginx (2 replicas); the document's extensions/v1beta1 is gone from Kubernetes",
  },
  {
    id: 'R-02',
    documents: ['002'],
    text: 'without a provider EXTERNAL-IP stays <pending>; describe lists Endpoints, NodePort, Session Affinity',
  },
  { id: 'R-03', documents: ['002'], text: 'the cluster IP answers from pods and from the nodes themselves' },
  { id: 'R-04', documents: ['002'], text: 'targetPort defaults to port' },
  { id: 'R-05', documents: ['002'], text: 'TCP and UDP, TCP by default' },
  {
    id: 'R-06',
    documents: ['002', '003', '004'],
    text: 'iptables mode: rules per Service and per endpoint; the backend is picked at random',
  },
  {
    id: 'R-07',
    documents: ['002'],
    text: "printenv shows KUBERNETES_SERVICE_HOST/PORT/PORT_HTTPS and the Service's own variables",
  },
  {
    id: 'R-08',
    documents: ['002', '004'],
    text: 'a chosen nodePort is given or the request fails (taken, out of range)',
  },
  {
    id: 'R-09',
    documents: ['002'],
    text: 'LoadBalancer provisioning is asynchronous; the address appears in status.loadBalancer.ingress; loadBalancerIP is honoured where supported, ignored otherwise',
  },
  {
    id: 'R-10',
    documents: ['002'],
    text: 'externalIPs: traffic to that address on the service port reaches the endpoints, with any type',
  },
  { id: 'P-01', documents: ['003'], text: 'why not round-robin DNS: clients cache, TTLs are ignored' },
  {
    id: 'P-02',
    documents: ['003'],
    text: 'userspace mode: a port per Service on the node, round robin by default, affinity honoured, a dead backend is retried on another',
  },
  {
    id: 'P-03',
    documents: ['003'],
    text: 'iptables mode: if the picked pod does not answer, the connection fails; readiness probes keep such pods out',
  },
  {
    id: 'P-04',
    documents: ['003'],
    text: 'IPVS: kernel hash table, periodic sync, schedulers rr, lc, dh, sh, sed, nq; without the module the proxy falls back to iptables',
  },
  { id: 'P-05', documents: ['003'], text: 'timeoutSeconds defaults to 10800 and can be set' },
  {
    id: 'P-06',
    documents: ['003'],
    text: 'a chosen clusterIP must lie in the service CIDR; otherwise HTTP 422',
  },
  {
    id: 'P-07',
    documents: ['003', '004'],
    text: 'variables exist only if the Service existed before the pod',
  },
  { id: 'P-08', documents: ['003', '002'], text: 'DNS watches the API and serves new Services at once' },
  { id: 'Z-01', documents: ['004'], text: 'two redis replicas are interchangeable to the frontend' },
  { id: 'Z-02', documents: ['004'], text: "the cluster IP is stable for the Service's life" },
  {
    id: 'Z-03',
    documents: ['004'],
    text: 'backend-service (tier=backend, app=myapp) balances two pods and has a DNS entry',
  },
  { id: 'Z-04', documents: ['004'], text: 'mysql-service 33306 → 3306 is reachable inside, not outside' },
  {
    id: 'Z-05',
    documents: ['004'],
    text: 'nginx-service: port 30080, targetPort 80, nodePort 30001; the three numbers are three doors',
  },
];
