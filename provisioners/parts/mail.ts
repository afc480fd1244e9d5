import type { MonitorEvent } from '../../lab/stack.ts';
import { syslogLine } from './logging.ts';

/** smtpd.conf(5) of OpenSMTPD on the host that keeps the mail of its users. */
export function mailHostConf(listenOn: string): string {
  return [
    'listen on lo',
    `listen on ${listenOn}`,
    'action keep mbox',
    'match from any for local action keep',
    '',
  ].join('\n');
}

/** smtpd.conf(5) of a machine that hands all its mail to another one. */
export function mailRelayConf(host: string): string {
  return [
    'listen on lo',
    `action forward relay host smtp://${host}`,
    'match from local for any action forward',
    '',
  ].join('\n');
}

/** A line of /var/log/mail.log of OpenSMTPD 6.8: mail from a server that arrived in a mailbox. */
export function parseMailLine(line: string): MonitorEvent | undefined {
  const parsed = syslogLine(line);
  if (parsed?.tag !== 'smtpd') return undefined;
  const [, subject, user] =
    /\bmda delivery .*\bfrom=<[^@>]*@([a-z0-9-]+)[^>]*> .*\buser=(\S+) .*\bresult="?Ok\b/.exec(parsed.text) ??
    [];
  if (subject === undefined || user === undefined) return undefined;
  return {
    source: 'cluster',
    kind: 'alert-delivered',
    subject,
    text: `mail of ${subject} to ${user} was delivered`,
    guestMs: parsed.guestMs,
  };
}
