import type { Backend } from '../lib/cluster/cluster.ts';
import type { Lab } from './lab.ts';

/** One step of a lab: what a learner does, and how it is seen that it is done. Folder labs/NN-topic/steps/NN-name/. */
export interface Step {
  /** The folder's name, `10-make-the-service`; the key of a learner's progress. */
  id: string;
  claims: readonly string[];
  /** Where to look when the check fails. */
  look: string;
  /** The claim's place in the document, and in Kubernetes' documentation. */
  links: readonly string[];
  /** Brings about the state that the step begins with; idempotent, in the lab's namespace. */
  setUp(lab: Lab): Promise<void>;
  /**
   * Is it done? Read-only, repeatable, three seconds at most as a rule. Throws CheckFailure, with `mistake` when a foreseen one is
   * recognised, or what chai throws.
   */
  check(lab: Lab): Promise<void>;
  /** Does what the learner is asked for. */
  solve(lab: Lab): Promise<void>;
  /** Takes back what solve (or a learner) made, so that the check fails again. */
  reset(lab: Lab): Promise<void>;
  /** Mends what would disturb other steps, as a frozen proxy does, when the learner goes to another one. */
  leave?(lab: Lab): Promise<void>;
  /** At least two. `make` brings the mistake about after setUp; the check must then throw a CheckFailure with this id. */
  mistakes: readonly Mistake[];
  /** What happens, as the number (from 1) of the text's option; found out by doing. */
  prediction(lab: Lab): Promise<number>;
  /** Where it can be done. Default: everywhere. */
  backends?: readonly Backend[];
  /** It disturbs what other labs do, as one that stops a proxy: `workshop lab test` tries it when nothing else runs. */
  alone?: boolean;
}

export interface Mistake {
  id: string;
  make(lab: Lab): Promise<void>;
}
