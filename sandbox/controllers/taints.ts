export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

/** Whether one of the tolerations covers the taint (k8s.io/api core/v1 toleration.go, ToleratesTaint). */
export function toleratesTaint(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some((toleration) => covers(toleration, taint));
}

/** The tolerations that cover the taint. */
export function coveringTolerations(
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): Toleration[] {
  return (tolerations ?? []).filter((toleration) => covers(toleration, taint));
}

function covers({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return operator === 'Equal' && key !== undefined && key !== '' && value === (taint.value ?? '');
}
