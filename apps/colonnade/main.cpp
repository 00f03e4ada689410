#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <utility>
#include <vector>

#include "base/thread_pool.hpp"
#include "colonnade/error.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

/// The subcommand that the words of the command line led to.
const CLI::App* last_verb(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return app;
}

std::string full_name(const CLI::App* app) {
  const CLI::App* parent = app->get_parent();
  return (parent != nullptr ? full_name(parent) + " " : "") + app->get_name();
}

/// CLI11's complaint as one sentence that names the verb.
std::string complaint(const CLI::App* root, const CLI::Error& error) {
  const CLI::App* app = last_verb(root);
  std::string what = error.what();
  if (app->get_subcommands([](const CLI::App*) { return true; }).size() > 0) {
    std::string verbs;
    for (const CLI::App* verb : app->get_subcommands([](const CLI::App*) { return true; })) {
      verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
    }
    const std::vector<std::string> words = root->remaining(true);
    what = fmt::format("expected one of {}, found {}", verbs,
                       words.empty() ? "nothing" : "'" + words.front() + "'");
  }
  return fmt::format("{}: {}; see {} --help\n", full_name(app), what, full_name(app));
}

int run_verb(const std::vector<std::pair<CLI::App*, Verb>>& verbs) {
  for (const auto& [subcommand, verb] : verbs) {
    if (!subcommand->parsed()) continue;
    const int status = verb();
    // What the stream's buffer still holds may fail to get out.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      throw Error(ErrorCode::io, "standard output",
                  fmt::format("can't be written: {}", std::strerror(errno)));
    }
    return status;
  }
  return kWrongUse;
}

int refuse(const std::string& message) {
  fmt::print(stderr, "colonnade: {}\n", message);
  return kWrongUse;
}

}  // namespace

void add_threads(CLI::App& verb, int& threads) {
  verb.add_option("--threads", threads, "0: as many as there are")
      ->capture_default_str()
      ->check(CLI::Range(0, ThreadPool::kMaxThreads));
}

void add_isa(CLI::App& verb, std::string& isa) {
  verb.add_option("--isa", isa,
                  "The most that kernels may use: auto, avx512, avx2, sse4 or portable")
      ->capture_default_str();
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error(ErrorCode::io, folder, "can't be made a folder: " + error.message());
}

}  // namespace colonnade

int main(int argc, char** argv) {
  using namespace colonnade;
  CLI::App app("PointPillars from the ONNX files that exporters write: points in, boxes out.",
               "colonnade");
  app.set_version_flag("--version", "colonnade " COLONNADE_VERSION);
  app.require_subcommand(1);
  app.failure_message(complaint);
  app.footer(
      "Exit status: 0 fine; 1 some input failed, the others are done; 2 wrong use.\n"
      "A first detection: colonnade import preset cuda-pointpillars pointpillar.onnx -o model &&\n"
      "                   colonnade detect model/model.yaml sweep.bin --picture boxes.png");

  std::vector<std::pair<CLI::App*, Verb>> verbs;
  for (const auto add : {add_detect, add_run, add_inspect, add_import, add_doctor}) {
    Verb verb = add(app);
    verbs.emplace_back(app.get_subcommands({}).back(), std::move(verb));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kFine : kWrongUse;
  }
  try {
    return run_verb(verbs);
  } catch (const std::bad_alloc&) {
    return refuse("there isn't enough memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return refuse(error.path1().string() + ": " + error.code().message());
  } catch (const std::system_error& error) {  // fmt's, when a stream can't be written.
    return refuse("standard output can't be written: " + error.code().message());
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}
