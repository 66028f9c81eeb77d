import { keyOf } from '../../lib/kube/informer.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { parseYamlStream } from '../../lib/yaml.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../proxy/model/from-kube.ts';
import { Store } from '../../proxy/model/store.ts';

/** The store of worker-node01's proxy with the Nodes, Services and EndpointSlices of a YAML stream. Throws as `parseYamlStream`. */
export function storeOf(yaml: string): Store {
  const store = new Store('worker-node01');
  for (const object of parseYamlStream(yaml, 'the input') as KubeObject[]) {
    if (object.kind === 'Node') store.setNode(nodeRecord(object as never));
    if (object.kind === 'Service') store.setService(keyOf(object), serviceRecord(object as never));
    if (object.kind === 'EndpointSlice') store.setSlice(keyOf(object), sliceRecord(object as never));
  }
  return store;
}
