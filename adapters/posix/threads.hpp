// How the system's scheduler sees a thread.
#pragma once

namespace pioneer::adapters::posix {

/// For the calling thread, if it does little at a time and others wait for it: when it wakes it gets a processor at
/// once, though others are in the middle of their turns, and its own turns are as short. Its share stays what it was,
/// so nobody starves. Threads that it makes from then on are so too. Linux 6.12 and later (a slice of its own, EEVDF);
/// elsewhere, and where it is refused, nothing changes.
void run_promptly();

/// For a program that waits for another one, of which nothing tells when it has got there.
void pause_s(unsigned seconds);

}  // namespace pioneer::adapters::posix
