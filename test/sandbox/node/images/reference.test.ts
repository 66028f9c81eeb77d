import { join } from 'node:path';
import { expect } from 'chai';
import { repositoryRoot } from '../../../../lib/root.ts';
import { findImage, readImages } from '../../../../sandbox/node/images/image.ts';
import { parseImage } from '../../../../sandbox/node/images/reference.ts';

describe('image names', () => {
  for (const [text, expected] of [
    ['busybox', 'docker.io/library/busybox:latest'],
    ['docker.io/busybox', 'docker.io/library/busybox:latest'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36'],
    ['alicek106/rr-test:echo-hostname', 'docker.io/alicek106/rr-test:echo-hostname'],
    ['localhost:5000/a/b:c', 'localhost:5000/a/b:c'],
    ['10.126.98.3:5000/nginx:1.0', '10.126.98.3:5000/nginx:1.0'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['Bad Name', undefined],
    ['', undefined],
  ] as const) {
    it(`${text || '(none)'} is ${expected}`, () => {
      const image = parseImage(text);
      expect(image && `${image.repository}:${image.tag}`).to.equal(expected);
    });
  }
});

describe('the images of the workshop', () => {
  const images = readImages(join(repositoryRoot(), 'sandbox/images'));
  for (const [name, folder] of [
    ['busybox', 'busybox'],
    ['docker.io/busybox', 'busybox'],
    ['docker.io/alicek106/rr-test:echo-hostname', 'echo-hostname'],
    ['docker.io/alicek106/rr-test:other', undefined],
    ['nginx:1.7.9', 'nginx'],
    ['redis', 'redis'],
    ['mysql:5.7', 'mysql'],
    ['registry.k8s.io/pause:3.10', 'pause'],
    ['registry.k8s.io/e2e-test-images/agnhost:2.53', 'agnhost'],
    ['workshop/echo', 'agnhost'],
    ['registry.k8s.io/coredns/coredns:v1.12.4', 'coredns'],
    ['nosuch', undefined],
  ] as const) {
    it(`${name}: ${folder}`, () => expect(findImage(images, name)?.folder).to.equal(folder));
  }
});
