// colonnade import: another project's model becomes a folder with model.yaml and its graphs.
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "colonnade/error.hpp"
#include "model/check.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"
#include "plan/plan.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

struct ImportOptions {
  std::string source;  ///< Preset name or config file.
  std::vector<std::string> graphs;
  std::string output;
  std::vector<std::string> settings;
};

using Importer = ModelSpec (*)(const std::string&, std::span<const GraphFile>, Settings);

/// Nothing where both are the same file.
void copy_into_place(const fs::path& source, const fs::path& target) {
  if (fs::exists(target) && fs::equivalent(source, target)) return;
  make_folder(target.parent_path().string());
  std::error_code error;
  fs::copy_file(source, target, fs::copy_options::overwrite_existing, error);
  if (error) throw Error(ErrorCode::io, target.string(), "can't be written: " + error.message());
}

int import_model(const ImportOptions& options, Importer importer) {
  std::vector<GraphFile> files;
  std::vector<std::vector<std::string>> data(options.graphs.size());  ///< External, of each graph.
  for (const std::string& path : options.graphs) {
    for (const GraphFile& other : files) {
      if (fs::path(other.path).filename() != fs::path(path).filename()) continue;
      throw Error(ErrorCode::invalid_argument, path,
                  "has the name of " + other.path + "; both can't lie in one folder, rename one");
    }
    files.push_back({path, read_onnx(path, &data[files.size()])});
  }
  const ModelSpec spec = importer(options.source, files, options.settings);

  // What detect would find out, found out now.
  std::vector<Graph> pieces;
  std::vector<std::size_t> used;
  for (const GraphSpec& piece : spec.graphs) {
    for (std::size_t f = 0; f < files.size(); ++f) {
      if (fs::path(files[f].path).filename() != piece.file) continue;
      pieces.push_back(files[f].graph);
      used.push_back(f);
    }
  }
  check_against_graphs(spec, pieces);
  const Plan plan = make_plan(spec, pieces);

  const fs::path folder = options.output;
  make_folder(options.output);
  for (const std::size_t f : used) {
    const fs::path source = files[f].path;
    copy_into_place(source, folder / source.filename());
    for (const std::string& name : data[f])
      copy_into_place(source.parent_path() / name, folder / name);
  }
  const std::string yaml = (folder / "model.yaml").string();
  write_model_yaml(spec, yaml);

  fmt::print("{}: {} ({} graph{})\n", yaml, spec.name, spec.graphs.size(),
             spec.graphs.size() == 1 ? "" : "s");
  fmt::print("  grid {} x {} cells, {} features, {} classes\n", spec.grid.nx(), spec.grid.ny(),
             plan.pfn.channels, spec.classes.size());
  fmt::print("  PFN in {}; scatter {}\n", plan.pfn.note, plan.scatter.note);
  return kFine;
}

/// Where the conventions come from: `import NAME SOURCE GRAPH...`.
struct Source {
  const char* name;
  const char* help;
  const char* argument;
  std::string argument_help, argument_type;
  Importer importer;
  const char* example;
};

Verb add_source(CLI::App& parent, const Source& source,
                const std::shared_ptr<ImportOptions>& options) {
  CLI::App* verb = parent.add_subcommand(source.name, source.help);
  verb->add_option(source.argument, options->source, source.argument_help)
      ->type_name(source.argument_type)
      ->required();
  verb->add_option("GRAPH", options->graphs, "The exported .onnx files, in any order")
      ->type_name(".onnx")
      ->required();
  verb->add_option("-o,--output", options->output, "Folder for model.yaml and the graphs")
      ->type_name("DIR")
      ->required();
  verb->add_option("--set", options->settings, "Change values of model.yaml")
      ->type_name("KEY=VALUE");
  verb->footer(source.example);
  return [verb, options, importer = source.importer] {
    return verb->parsed() ? import_model(*options, importer) : kFine;
  };
}

}  // namespace

Verb add_import(CLI::App& app) {
  CLI::App* verb = app.add_subcommand(
      "import",
      "Make a model of another project's graphs.\n\n"
      "Graphs are recognised by their inputs, in any order, and checked against what is imported; "
      "what doesn't fit is refused and nothing is written.");
  verb->require_subcommand(1);
  const auto options = std::make_shared<ImportOptions>();
  std::string names, choices;
  for (const std::string& name : preset_names()) {
    names += (names.empty() ? "" : ", ") + name;
    choices += (choices.empty() ? "" : "|") + name;
  }
  const std::vector<Verb> sources = {
      add_source(
          *verb,
          {"preset", "By a known exporter's conventions.", "NAME", names, choices, import_preset,
           "colonnade import preset smallmunich-car pfe.onnx mfn.onnx rpn.onnx -o model\n"
           "colonnade import preset openpcdet-kitti pointpillar.onnx -o model \\\n"
           "    --set post.score_threshold=0.3"},
          options),
      add_source(*verb,
                 {"openpcdet", "By OpenPCDet's own config.", "CONFIG", "A .yaml of tools/cfgs",
                  ".yaml", import_openpcdet,
                  "colonnade import openpcdet pointpillar.yaml pointpillar.onnx -o model"},
                 options),
      add_source(
          *verb,
          {"second", "By second.pytorch's own config.", "CONFIG", "A pipeline.config", ".config",
           import_second, "colonnade import second pipeline.config pfe.onnx rpn.onnx -o model"},
          options),
  };
  return [sources] {
    for (const Verb& source : sources) {
      if (const int status = source(); status != kFine) return status;
    }
    return static_cast<int>(kFine);
  };
}

}  // namespace colonnade
