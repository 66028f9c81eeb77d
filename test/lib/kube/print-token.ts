import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { authorization } from '../../../lib/kube/transport.ts';

/** Prints how the user of a kubeconfig would log in. */
process.stdout.write(authorization(loadKubeconfig(process.argv[2] ?? ''))['authorization'] ?? '');
