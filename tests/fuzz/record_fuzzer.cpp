#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  pioneer::tests::fuzz_record({reinterpret_cast<const std::byte*>(input), size});
  return 0;
}
