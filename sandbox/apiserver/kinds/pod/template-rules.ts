import { type LabelSelector, matchesSelector } from '../../../../lib/kube/selector.ts';
import { validateImmutable } from '../../validation/equal.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import { canonicalSelector, sortedByKey, validateLabelSelector } from '../../validation/label-selector.ts';
import { validateAnnotations, validateLabels } from '../../validation/labels.ts';
import type { PodTemplate } from './object.ts';
import { validatePodSpec } from './spec-rules.ts';

/**
 * Selector and template of a Deployment or ReplicaSet: the pods it makes must be the pods it counts
 * (apps/validation ValidatePodTemplateSpecForReplicaSet).
 */
export function validateSelectorAndTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplate,
): FieldError[] {
  const field = 'spec.template';
  const labels = template.metadata?.labels;
  const errors = selectorErrors(selector);
  if (selector && validateLabelSelector(selector, '').length > 0) {
    return [...errors, invalid('spec.selector', canonicalSelector(selector), 'invalid label selector')];
  }
  if (!selector || !matchesSelector(selector, labels)) {
    const reason = '`selector` does not match template `labels`';
    errors.push(invalid(`${field}.metadata.labels`, labels && sortedByKey(labels), reason));
  }
  return [...errors, ...templateErrors(template, field)];
}

/** The selector stays for life (apps/validation ValidateDeploymentUpdate). */
export function validateSelectorUpdate(selector: LabelSelector, old: LabelSelector): FieldError[] {
  return validateImmutable(canonicalSelector(selector), canonicalSelector(old), 'spec.selector');
}

function selectorErrors(selector: LabelSelector | undefined): FieldError[] {
  if (!selector) return [required('spec.selector')];
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const errors = validateLabelSelector(selector, 'spec.selector');
  if (Object.keys(matchLabels).length + matchExpressions.length > 0) return errors;
  return [
    ...errors,
    invalid('spec.selector', canonicalSelector(selector), 'empty selector is invalid for deployment'),
  ];
}

function templateErrors({ metadata = {}, spec }: PodTemplate, field: string): FieldError[] {
  const policy = spec.restartPolicy ?? '';
  const reason = 'activeDeadlineSeconds in ReplicaSet is not Supported';
  return [
    ...validateLabels(metadata.labels, `${field}.labels`),
    ...validateAnnotations(metadata.annotations, `${field}.annotations`),
    ...validatePodSpec(spec, `${field}.spec`),
    ...(policy === 'Always' ? [] : [notSupported(`${field}.spec.restartPolicy`, policy, ['Always'])]),
    ...(spec.activeDeadlineSeconds === undefined
      ? []
      : [forbidden(`${field}.spec.activeDeadlineSeconds`, reason)]),
  ];
}
