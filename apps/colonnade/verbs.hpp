// One function a verb: adds its subcommand to the command line; the returned function runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace colonnade {

/// Exit status of the command.
enum Status : int {
  kFine = 0,
  kSomeFailed = 1,  ///< Some input failed; the others are done.
  kWrongUse = 2,    ///< Nothing was done: flags, model or graph don't do.
};

using Verb = std::function<int()>;

Verb add_detect(CLI::App& app);
Verb add_run(CLI::App& app);
Verb add_inspect(CLI::App& app);
Verb add_import(CLI::App& app);

}  // namespace colonnade
