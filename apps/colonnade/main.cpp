#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include "colonnade/error.hpp"
#include "verbs.hpp"

int main(int argc, char** argv) {
  using namespace colonnade;
  CLI::App app("PointPillars from the ONNX files that exporters write: points in, boxes out.",
               "colonnade");
  app.set_version_flag("--version", "colonnade " COLONNADE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 fine; 1 some input failed, the others are done; 2 wrong use.\n"
      "A first detection: colonnade import preset cuda-pointpillars pointpillar.onnx -o model &&\n"
      "                   colonnade detect model/model.yaml sweep.bin --picture boxes.png");

  std::vector<std::pair<CLI::App*, Verb>> verbs;
  for (const auto add : {add_detect, add_run, add_inspect, add_import}) {
    Verb verb = add(app);
    verbs.emplace_back(app.get_subcommands({}).back(), std::move(verb));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kFine : kWrongUse;
  }
  try {
    for (const auto& [subcommand, verb] : verbs) {
      if (subcommand->parsed()) return verb();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "colonnade: %s\n", error.what());
  }
  return kWrongUse;
}
