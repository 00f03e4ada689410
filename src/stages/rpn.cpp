#include "stages/rpn.hpp"

#include <utility>

#include "colonnade/error.hpp"
#include "stages/scores.hpp"

namespace colonnade {

Rpn::Rpn(const RpnRegion& region, const ModelSpec& spec, std::unique_ptr<Session> session)
    : region_(region), session_(std::move(session)) {
  maps_.heads.resize(spec.heads.size());
  session_->skip_below(ScoreRules(spec.post).least_logit());  // What Decode asks for.
}

const HeadMaps& Rpn::run(const BevImage& image) {
  session_->run(image);
  const auto outputs = session_->outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const OutputBinding& binding = region_.outputs[i];
    HeadMaps::Head* head =
        maps_.heads.empty() ? nullptr : &maps_.heads[static_cast<std::size_t>(binding.head)];
    switch (binding.meaning) {
      case OutputMeaning::class_scores: head->classes = outputs[i]; break;
      case OutputMeaning::box_codes: head->boxes = outputs[i]; break;
      case OutputMeaning::direction: head->directions = outputs[i]; break;
      case OutputMeaning::decoded_boxes: maps_.decoded = outputs[i]; break;
      case OutputMeaning::detections: maps_.detections = outputs[i]; break;
      case OutputMeaning::pillar_features:
      case OutputMeaning::bev_image:
        throw Error(ErrorCode::internal, "an RPN's output is bound to an earlier stage");
    }
  }
  return maps_;
}

}  // namespace colonnade
