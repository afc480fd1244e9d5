import { shellQuote } from '../../lab/quote.ts';
import { httpRequestProgram } from '../parts/http-client.ts';
import { layout } from './layout.ts';

/** Shell command of a node that sends one request to Apache and prints what httpRequestProgram says. */
export function httpRequest(method: 'GET' | 'PUT', address: string, path: string, body = ''): string {
  return ['perl', '-e', httpRequestProgram, method, address, String(layout.port), path, body]
    .map(shellQuote)
    .join(' ');
}
