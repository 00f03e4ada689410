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
  kWrongUse = 2,    ///< Flags, model or graph don't do, or the output can't be written.
};

using Verb = std::function<int()>;

/// The option --threads, 0 by default: as many as there are.
void add_threads(CLI::App& verb, int& threads);

/// The option --isa, "auto" by default.
void add_isa(CLI::App& verb, std::string& isa);

/// A folder for output, made where there is none. Error(io).
void make_folder(const std::string& folder);

Verb add_detect(CLI::App& app);
Verb add_run(CLI::App& app);
Verb add_inspect(CLI::App& app);
Verb add_import(CLI::App& app);
Verb add_doctor(CLI::App& app);

}  // namespace colonnade
