// `pioneer witness`: to be run by another organisation than the one whose log it watches.
#pragma once

#include <string>
#include <vector>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

struct WitnessOptions {
  std::string state;                      ///< its folder
  std::string name;                       ///< of a new key; empty: made up
  std::string listen = "127.0.0.1:7110";  ///< HOST:PORT
  std::vector<std::string> logs;          ///< keys, or files with a key in each line
  bool key = false;                       ///< only print the verifier key
};
/// Serves until SIGINT or SIGTERM.
Exit run_witness(const Place& place, const WitnessOptions& options);
Exit show_witness_key(const Place& place, const WitnessOptions& options);

}  // namespace pioneer::cli
