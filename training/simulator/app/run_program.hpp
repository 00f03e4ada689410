// The frame of the simulator's programs: one line for what goes wrong, exit status 2.
#pragma once

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

namespace colonnade::simulator {

/// Parses the words into what `app` was given, then returns run().
template <typename Run>
int run_program(CLI::App& app, int argc, char** argv, Run&& run) {
  app.failure_message([](const CLI::App* self, const CLI::Error& error) {
    return fmt::format("{}: {}; see --help\n", self->get_name(), error.what());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), error.what());
    return 2;
  }
}

}  // namespace colonnade::simulator
