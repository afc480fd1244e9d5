import { expect } from 'chai';
import { HostError, RigError } from '../../../../lab/errors.ts';
import { engineOf } from '../../../../lab/providers/virtualbox/engine.ts';
import {
  parseMachineInfo,
  parseMachineReadable,
  settledState,
} from '../../../../lab/providers/virtualbox/machine-info.ts';
import { failureOf } from '../../../fakes/failure.ts';

/** Parts of what VBoxManage 7.2.22 printed, line for line: of a machine whose owner chose a treacherous description. */
const recorded = String.raw`name="a"
encryption="disabled"
groups="/"
ostype="Other/Unknown"
UUID="90354201-c1d7-4836-93ba-9a7c7c5df12d"
CfgFile="/tmp/machines/a/a.vbox"
memory=16
cpu-profile="host"
VMState="running"
VMStateChangeTime="2026-11-21T18:35:55.441000000"
teleporteraddress=""
"IDE-0-0"="/tmp/a.vdi"
"IDE-1-1"="none"
natnet1="nat"
macaddress1="080027A7F095"
cableconnected1="on"
nic1="nat"
mtu="0"
generic2="UDPTunnel"
macaddress2="08002765D97D"
cableconnected2="off"
nic2="Generic"
nic3="none"
uart1="0x03f8,4"
SessionName="headless"
VideoMode="720,400,0"@0,0 1
vrde="off"
VRDEClients==0
recording_screens=1
 rec_screen0
rec_screen_opts="ac_profile=med"
description="first \"quoted\" line
VMState=\"poweroff\"
SnapshotUUID=\"x\"\\"
SnapshotName="s "one""
SnapshotUUID="3003dc71-3cb2-410d-81d4-2562ea210b9a"
SnapshotDescription="lab moment 1
SnapshotName="evil""
SnapshotName-1="dup"
SnapshotUUID-1="2f80747c-a30b-4893-a567-29fef62e2a9b"
SnapshotName-1-1="dup"
SnapshotUUID-1-1="6587f651-9bb0-4516-9e1f-6aaa4b3f032a"
CurrentSnapshotName="dup"
CurrentSnapshotUUID="6587f651-9bb0-4516-9e1f-6aaa4b3f032a"
CurrentSnapshotNode="SnapshotName-1-1"
GuestMemoryBalloon=0
GuestOSType="Other"
`;

describe('what VBoxManage tells of a machine', () => {
  it('is read: state, lock, cables and snapshots', () => {
    expect(parseMachineInfo(recorded)).to.deep.equal({
      name: 'a',
      state: 'running',
      locked: true,
      callsSerialPeer: false,
      cables: new Map([
        [1, 'on'],
        [2, 'off'],
      ]),
      snapshots: [
        {
          uuid: '3003dc71-3cb2-410d-81d4-2562ea210b9a',
          name: 's "one"',
          description: 'lab moment 1\nSnapshotName="evil"',
        },
        { uuid: '2f80747c-a30b-4893-a567-29fef62e2a9b', name: 'dup', description: '' },
        { uuid: '6587f651-9bb0-4516-9e1f-6aaa4b3f032a', name: 'dup', description: '' },
      ],
    });
  });

  it('is read with the line ends of Windows', () => {
    expect(parseMachineInfo(recorded.replaceAll('\n', '\r\n')).snapshots).to.have.lengthOf(3);
  });

  it('is of a machine that nobody holds when no session is told', () => {
    expect(parseMachineInfo(recorded.replace(/^SessionName.*\n/m, '')).locked).to.equal(false);
  });

  it('keeps the values of keys apart, whatever they are made of', () => {
    const values = parseMachineReadable(recorded);
    expect(values.get('IDE-0-0')).to.equal('/tmp/a.vdi');
    expect(values.get('memory')).to.equal('16');
    expect(values.get('teleporteraddress')).to.equal('');
    expect(values.get('VideoMode')).to.equal('"720,400,0"@0,0 1');
    expect(values.get('vrde')).to.equal('off');
    expect(values.get('description')).to.equal('first "quoted" line\nVMState="poweroff"\nSnapshotUUID="x"\\');
    expect(values.get('GuestOSType')).to.equal('Other');
  });

  it('is not overruled by what stands later: the first value counts', () => {
    expect(parseMachineInfo('VMState="running"\nnotes="\nVMState="poweroff"\n').state).to.equal('running');
  });

  it('may end in the middle of a value', () => {
    expect(parseMachineReadable('a="x\ny').get('a')).to.equal('"x\ny');
  });

  for (const text of ['', 'VBoxManage: error', 'name="a"\n'])
    it(`is refused without a state: ${JSON.stringify(text)}`, async () => {
      const failure = await failureOf(Promise.resolve().then(() => parseMachineInfo(text)));
      expect(failure).to.be.instanceOf(RigError);
    });

  it('says when its files are gone', async () => {
    const text = 'name="<inaccessible>"\nUUID="2a9029c0"\n';
    const failure = await failureOf(Promise.resolve().then(() => parseMachineInfo(text)));
    expect(failure).to.be.instanceOf(HostError);
    expect(failure).to.have.property('hint').that.contains('unregistervm 2a9029c0');
  });

  it('has words that pass, and no others are made up', () => {
    for (const word of ['starting', 'restoring', 'saving', 'stopping', 'gurumeditation', 'toString'])
      expect(settledState(word), word).to.equal(undefined);
  });
});

describe('what runs the instructions of a VirtualBox machine', () => {
  const line = (text: string): string =>
    `00:00:00.063724 first line\n00:00:00.189417 ${text}\n00:00:01.0 last\n`;

  for (const [log, engine] of [
    ['HM: HMR3Init: VT-x w/ nested paging and unrestricted guest execution hw support', 'virtualbox'],
    ['HM: HMR3Init: AMD-V w/ nested paging', 'virtualbox'],
    ['NEM: NEMR3Init: Active.', 'virtualbox-nem'],
    ['NEM: NEMR3Init: Snail execution mode is active!', 'virtualbox-nem'],
    ['NEM: NEMR3Init: Not available.', 'virtualbox-unknown'],
    ['HM: HMR3Init: Attempting fall back to NEM: VT-x is not available', 'virtualbox-unknown'],
    ['HM: HMR3Init: Falling back on IEM: Driverless mode', 'virtualbox-interpreted'],
    ['guest said: HM: HMR3Init: VT-x', 'virtualbox-unknown'],
  ] as const)
    it(`is told by its log: ${log}`, () => {
      expect(engineOf(line(log))).to.equal(engine);
    });

  it('is the fallback, when its log tells of both', () => {
    const both = `${line('HM: HMR3Init: VT-x w/ nested paging')}${line('HM: HMR3Init: Falling back on IEM: x')}`;
    expect(engineOf(both)).to.equal('virtualbox-interpreted');
  });
});
