import { describe, expect, it } from 'vitest';
import { requestHead } from './request-head.js';

describe('the head of a request', () => {
  it('has a line for each header, and for each value of a list', () => {
    const request = { method: 'PUT', url: '/a?b=%20c' };
    const headers = {
      host: 'a.test',
      'x-list': ['1', '2'],
      'content-length': 0,
      'x-none': undefined,
    };
    expect(requestHead(request, headers)).toBe(
      'PUT /a?b=%20c HTTP/1.1\r\nhost: a.test\r\nx-list: 1\r\nx-list: 2\r\ncontent-length: 0\r\n\r\n',
    );
  });

  it.each([
    ['a blank in the path', { url: '/a HTTP/1.1' }, {}],
    ['a line end in the path', { url: '/a\r\nx: y' }, {}],
    ['a character that is no byte in the path', { url: '/\u010a' }, {}],
    ['an empty path', { url: '' }, {}],
    ['a blank in the method', { method: 'GET /b' }, {}],
    ['a line end in a value', {}, { a: 'b\r\nc: d' }],
    ['a bare line feed in a value', {}, { a: 'b\nc: d' }],
    ['a NUL in a value', {}, { a: 'b\0' }],
    ['a character that is no byte in a value', {}, { a: ['b', '\u010d\u010a'] }],
  ])('is not made of %s', (_name, request, headers) => {
    expect(requestHead({ method: 'GET', url: '/', ...request }, headers)).toBeUndefined();
  });
});
