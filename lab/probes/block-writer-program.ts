import { oneAfterAnother, writerPrelude } from './writer-program.ts';

/**
 * Writes record n, filled up with newlines, into sector n of the file at the path, with O_DIRECT and O_DSYNC: the operation is
 * acknowledged when the disk says that it is done, and no write touches a record that was acknowledged before. The first 4096 sectors are there before operation 0 is due, so
 * that an operation is a write and nothing for the file system to remember; later ones lengthen the file. The buffer lies at a
 * multiple of 512 bytes, as open(2) asks for. After an error the file is opened anew.
 */
export const blockWriterProgram = `${writerPrelude}
my $sector = 512;
my $buffer = "\\n" x ($sector * 2);
my $shift = -unpack('J', pack 'p', $buffer) % $sector;
my $file;
sub prepare {
  sysopen my $new, $path, O_WRONLY | O_CREAT, 0644 or return;
  syswrite $new, "\\0" x ($sector * 4096) and $new->sync;
  close $new;
}
sub operate {
  my ($n, $record) = @_;
  unless ($file) { sysopen $file, $path, O_WRONLY | O_CREAT | O_DIRECT | O_DSYNC, 0644 or do { undef $file; return $! + 0 } }
  substr $buffer, $shift, length $record, $record;
  sysseek $file, $n * $sector, 0 or return $! + 0;
  my $written = syswrite $file, $buffer, $sector, $shift;
  return $! + 0 unless defined $written;
  return $written == $sector ? 0 : Errno::ENOSPC();
}
prepare() unless $first;
$begin = now();
${oneAfterAnother}`;
