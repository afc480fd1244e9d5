/** How a server has the host power another one off and on: over a channel of its own, which no network is part of. */

/** Name of the channel's end in the guest (virtio-serial). */
export const fencePort = 'lab.fence';
/** Where udev shows it. */
export const fenceDevice = `/dev/virtio-ports/${fencePort}`;

/** What changes something; `status` and `list` only ask. */
export const fenceActions = ['off', 'on', 'reboot'] as const;
export type FenceAction = (typeof fenceActions)[number];

/** Power as a switch has it: a machine that stands still at its reset vector is off. */
export type PowerState = 'on' | 'off';

/** A server powered another one, and the host has proven it. Times are the host's monotonic clock in milliseconds. */
export interface Fencing {
  atMs: number;
  by: string;
  node: string;
  action: FenceAction;
  state: PowerState;
}
