// The whole command line: defined once, parsed by main, described to people and shells by pages/.
#pragma once

#include <CLI/CLI.hpp>
#include <utility>
#include <vector>

#include "verbs.hpp"

namespace colonnade {

class CommandLine {
 public:
  CommandLine();

  /// Throws CLI::ParseError, for --help and --version as well; exit() says what to do about it.
  void parse(int argc, const char* const* argv) { app_.parse(argc, argv); }
  /// Prints help, version or complaint; the exit status.
  int exit(const CLI::ParseError& error) const;
  /// Runs the verb that was parsed.
  int run() const;

 private:
  CLI::App app_;
  std::vector<std::pair<const CLI::App*, Verb>> verbs_;
};

}  // namespace colonnade
