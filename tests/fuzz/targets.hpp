// What the fuzzers run, and the tests over the kept inputs too. Each aborts if something that must hold does not;
// no input may make it crash.
#pragma once

#include "eventstore/types.hpp"

namespace pioneer::tests {

/// First byte: bit 0, put the right length and CRC into the header; bits 1–2, the state that the record meets (genesis,
/// fenced, open). Then the record.
void fuzz_record(eventstore::ByteView input);

/// First byte: bit 0, put the right CRCs into file and batch headers; bit 1, open for writing. Then changes to a closed
/// log of two files, five bytes each: file (bit 7) and offset in 3 bytes, value to XOR, and one byte that is skipped.
void fuzz_segments(eventstore::ByteView input);

}  // namespace pioneer::tests
