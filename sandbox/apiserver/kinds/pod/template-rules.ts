import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import type { LabelSelector } from '../../validation/label-selector.ts';
import { selectorMatches, validateLabelSelector } from '../../validation/label-selector.ts';
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
  if (selector && !isReadable(selector)) {
    return [...errors, invalid('spec.selector', selector, 'invalid label selector')];
  }
  if (selector && !selectorMatches(selector, labels ?? {})) {
    const reason = '`selector` does not match template `labels`';
    errors.push(invalid(`${field}.metadata.labels`, labels, reason));
  }
  return [...errors, ...templateErrors(template, field)];
}

function selectorErrors(selector: LabelSelector | undefined): FieldError[] {
  if (!selector) return [required('spec.selector')];
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const errors = validateLabelSelector(selector, 'spec.selector');
  if (Object.keys(matchLabels).length + matchExpressions.length > 0) return errors;
  return [...errors, invalid('spec.selector', selector, 'empty selector is invalid for deployment')];
}

function isReadable(selector: LabelSelector): boolean {
  return validateLabelSelector(selector, '').length === 0;
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
