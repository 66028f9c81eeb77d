import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../lib/root.ts';
import { findImage, readImages } from '../../sandbox/node/images/image.ts';
import { parseImage } from '../../sandbox/node/images/reference.ts';

/** In full and sorted: every image that the manifests, labs and their texts name and that sandbox/images stands in for. */
export function imagesUsed(root: string = repositoryRoot()): string[] {
  const images = readImages(join(root, 'sandbox', 'images'));
  const names = ['manifests', 'labs'].flatMap((folder) => textsBelow(join(root, folder))).flatMap(namesIn);
  const full = names.flatMap((name) => {
    const reference = parseImage(name);
    // The cluster's DNS is CoreDNS itself there.
    if (!reference || reference.repository.endsWith('/coredns') || !findImage(images, name)) return [];
    return [`${reference.repository}:${reference.tag}`];
  });
  return [...new Set(full)].sort();
}

/** Names of images in a text: with a registry before them, or behind `image:` or `--image`. */
function namesIn(text: string): string[] {
  const withRegistry = text.match(/(?:docker\.io|registry\.k8s\.io)\/[\w./-]+(?::[\w.-]+)?/g) ?? [];
  const fields = [...text.matchAll(/(?:^|\s|-)image[:=\s]\s*['"]?([a-z0-9][\w./:-]*)/gm)];
  return [...withRegistry, ...fields.map(([, name = '']) => name)].map((name) => name.replace(/[.,:]+$/, ''));
}

function textsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|ts|md)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
