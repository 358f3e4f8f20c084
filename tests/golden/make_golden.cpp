// make_golden DIRECTORY: writes the golden log into a directory that holds none. For whoever changes the format.
#include <cstdio>

#include "adapters/posix/disk.hpp"
#include "tests/golden/golden_log.hpp"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: make_golden DIRECTORY\n", stderr);
    return 2;
  }
  pioneer::adapters::posix::PosixDisk disk;
  if (const auto written = pioneer::tests::write_golden_log(disk, arguments[1]); !written) {
    std::fprintf(stderr, "%s: %s\n", written.error().code.c_str(), written.error().detail.c_str());
    return 1;
  }
  return 0;
}
