#include "command_line.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <memory>

#include "backends/backend.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/error.hpp"
#include "pages/pages.hpp"

namespace colonnade {
namespace {

class Help : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    return help_page(describe(*app));
  }
};

/// The subcommand that the words of the command line led to.
const CLI::App* last_verb(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return app;
}

/// CLI11's complaint as one sentence that names the verb.
std::string complaint(const CLI::App* root, const CLI::Error& error) {
  const CommandDescription command = describe(*last_verb(root));
  std::string what = error.what();
  if (!command.commands.empty()) {
    std::vector<std::string> verbs;
    for (const CommandDescription& verb : command.commands) verbs.push_back(verb.path.back());
    const std::vector<std::string> words = root->remaining(true);
    what = fmt::format("expected one of {}, found {}", join(verbs, ", "),
                       words.empty() ? "nothing" : "'" + words.front() + "'");
  }
  return fmt::format("{0}: {1}; see {0} --help\n", command.name(), what);
}

}  // namespace

CommandLine::CommandLine()
    : app_("PointPillars from the ONNX files that exporters write: points in, boxes out.",
           "colonnade") {
  app_.formatter(std::make_shared<Help>());
  app_.failure_message(complaint);
  app_.set_help_flag("-h,--help", "Print this help");
  app_.set_version_flag("--version", "colonnade " COLONNADE_VERSION, "Print the version");
  app_.require_subcommand(1);
  app_.footer(
      "colonnade import preset cuda-pointpillars pointpillar.onnx -o model\n"
      "colonnade detect model/model.yaml sweep.bin --picture boxes.png");
  for (const auto add :
       {add_detect, add_build, add_convert, add_run, add_bench, add_compare, add_inspect,
        add_import, add_doctor, add_eval, add_verify, add_cache_verb, add_completion, add_pages}) {
    Verb verb = add(app_);
    verbs_.emplace_back(app_.get_subcommands({}).back(), std::move(verb));
  }
}

int CommandLine::exit(const CLI::ParseError& error) const {
  return app_.exit(error) == 0 ? kFine : kWrongUse;
}

int CommandLine::run() const {
  for (const auto& [subcommand, verb] : verbs_) {
    if (subcommand->parsed()) return verb();
  }
  return kWrongUse;
}

void add_threads(CLI::App& verb, int& threads) {
  verb.add_option("--threads", threads, "Threads; 0: as many as the process may use")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(0, ThreadPool::kMaxThreads));
}

void add_model(CLI::App& verb, std::string& model) {
  verb.add_option("MODEL", model, "model.yaml, as import writes it, or an engine of it")
      ->type_name(".yaml|.engine")
      ->required();
}

void add_sweeps(CLI::App& verb, std::string& sweeps) {
  verb.add_option("--sweeps", sweeps, "Instead of CLOUD: sweeps with times and poses, as one")
      ->type_name("LIST.json");
}

void add_cloud_format(CLI::App& verb, std::string& format) {
  verb.add_option("--format", format, "Of the clouds; auto: by content, else by name")
      ->type_name("auto|kitti|nuscenes|pcd|ply|npy")
      ->capture_default_str();
}

void add_backend(CLI::App& verb, std::string& backend, const std::string& more) {
  std::vector<std::string> names;
  const bool any = backend == "auto";
  if (any) names.push_back(backend);
  for (const Backend* b : backends()) names.push_back(b->name());
  if (!more.empty()) names.push_back(more);
  verb.add_option("--backend", backend,
                  any ? "What executes the graphs; auto: an engine's own, else cpu; reference is "
                        "the slow oracle"
                      : "What executes the graphs; reference is the slow oracle")
      ->type_name(join(names, "|"))
      ->capture_default_str();
}

void add_isa(CLI::App& verb, std::string& isa) {
  verb.add_option("--isa", isa, "The most that the cpu backend's kernels may use")
      ->type_name("auto|amx|avx512|avx2|sse4|portable")
      ->capture_default_str();
}

void add_precision(CLI::App& verb, std::string& precision) {
  const bool any = precision == "auto";
  verb.add_option("--precision", precision,
                  any ? "The least that convolutions may compute with; auto: an engine's own, else "
                        "fp32"
                      : "The least that convolutions may compute with")
      ->type_name(any ? "auto|fp32|tf32|bf16|fp16|int8" : "fp32|tf32|bf16|fp16|int8")
      ->capture_default_str();
}

std::string precision_note(const std::string& precision) {
  return precision == "fp32" ? std::string() : ", " + precision;
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error(ErrorCode::io, folder, "can't be made a folder: " + error.message());
}

}  // namespace colonnade
