// One function a verb: adds its subcommand to the command line; the returned function runs it.
//
// A verb's description begins with one sentence; paragraphs may follow, and its footer holds
// example command lines. An option says what it takes by its type name: alternatives between bars,
// of which DIR is a folder, a dot begins a file's extension (LIST.json, .bin), a word in lower case
// stands for itself (cpu|reference), anything else (N, WIDTHxHEIGHT) is free text. What follows an
// '=' is the value of NAME=FILE.npy. --help, the man pages and the completions are made of this
// (pages/).
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace colonnade {

/// Exit status of the command.
enum Status : int { kFine = 0, kSomeFailed = 1, kWrongUse = 2 };

inline constexpr std::array<std::pair<Status, std::string_view>, 3> kExitStatuses = {{
    {kFine, "fine"},
    {kSomeFailed, "some input failed; the others are done"},
    {kWrongUse, "wrong use: flags, model or graph don't do, or the output can't be written"},
}};

using Verb = std::function<int()>;

/// What each verb that looks at clouds takes: MODEL; --sweeps LIST.json, instead of clouds;
/// --format.
void add_model(CLI::App& verb, std::string& model);
void add_sweeps(CLI::App& verb, std::string& sweeps);
void add_cloud_format(CLI::App& verb, std::string& format);

/// The option --threads, 0 by default: as many as there are.
void add_threads(CLI::App& verb, int& threads);

/// The option --backend with the names of this build's backends; with "auto", where `backend` is
/// that: an engine file's own; with `more`, where one stands outside of the registry.
void add_backend(CLI::App& verb, std::string& backend, const std::string& more = {});

/// The option --isa, "auto" by default.
void add_isa(CLI::App& verb, std::string& isa);

/// The option --precision; "auto", where `precision` is that: an engine file's own.
void add_precision(CLI::App& verb, std::string& precision);

/// ", bf16", or what became of it, to put behind something; fp32 goes without saying.
std::string precision_note(const std::string& precision);

/// A folder for output, made where there is none. Error(io).
void make_folder(const std::string& folder);

Verb add_detect(CLI::App& app);
Verb add_build(CLI::App& app);
Verb add_convert(CLI::App& app);
Verb add_cache_verb(CLI::App& app);
Verb add_run(CLI::App& app);
Verb add_bench(CLI::App& app);
Verb add_compare(CLI::App& app);
Verb add_inspect(CLI::App& app);
Verb add_import(CLI::App& app);
Verb add_doctor(CLI::App& app);
Verb add_eval(CLI::App& app);
Verb add_verify(CLI::App& app);
Verb add_completion(CLI::App& app);
Verb add_pages(CLI::App& app);

}  // namespace colonnade
