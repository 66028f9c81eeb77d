import type { LabelSelector } from '../../../../lib/kube/selector.ts';
import { formatSelector } from '../../validation/label-selector.ts';
import { textColumn } from '../column.ts';
import type { Column, StoredObject } from '../kind.ts';

interface Templated extends StoredObject {
  spec: {
    selector: LabelSelector;
    template: { spec: { containers?: { name: string; image?: string }[] } };
  };
}

const wide = { wide: true };

/** The columns that `-o wide` adds for what makes pods from a template: their containers, images and selector. */
export function templateColumns<T extends Templated>(selectorDescription: string): Column<T>[] {
  const containers = ({ spec }: T) => spec.template.spec.containers ?? [];
  const names = (object: T) => containers(object).map(({ name }) => name);
  const images = (object: T) => containers(object).map(({ image }) => image);
  return [
    textColumn<T>(
      'Containers',
      'Names of each container in the template.',
      (object) => names(object).join(','),
      wide,
    ),
    textColumn<T>(
      'Images',
      'Images referenced by each container in the template.',
      (object) => images(object).join(','),
      wide,
    ),
    textColumn<T>('Selector', selectorDescription, ({ spec }) => formatSelector(spec.selector), wide),
  ];
}
