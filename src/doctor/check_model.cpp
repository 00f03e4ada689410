#include <fmt/core.h>

#include "doctor/checks.hpp"

namespace colonnade {

Finding check_model(const Examined& examined) {
  Finding finding{.code = "model"};
  const ModelSpec& model = examined.model;
  finding.numbers = {{"score_threshold", model.post.score_threshold}};
  finding.found =
      fmt::format("{}, {} class{}, score threshold {:g}", model.name, model.classes.size(),
                  model.classes.size() == 1 ? "" : "es", model.post.score_threshold);
  if (model.note.empty()) return finding;
  finding.severity = Severity::note;
  finding.found += fmt::format("; its note says '{}'", model.note);
  if (model.note.find("random") != std::string::npos) {
    finding.severity = Severity::warning;
    finding.consequence = "its boxes mean nothing, whatever the cloud";
    finding.fix = "import trained graphs";
  }
  return finding;
}

}  // namespace colonnade
