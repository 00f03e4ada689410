#include "verify/comparison.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

const NamedTensor* find(const std::vector<NamedTensor>& tensors, const std::string& name) {
  const auto at = std::find_if(tensors.begin(), tensors.end(),
                               [&](const NamedTensor& t) { return t.name == name; });
  return at == tensors.end() ? nullptr : &*at;
}

ComparedTensor compared(const NamedTensor& a, const NamedTensor& b, const Tolerance& tolerance) {
  return {a.name, a.tensor.shape().to_string(),
          compare_tensors(a.tensor.view(), b.tensor.view(), tolerance)};
}

std::string names_of(const Answer& answer) {
  std::string names;
  for (const NamedTensor& t : answer.tensors) names += (names.empty() ? "'" : ", '") + t.name + "'";
  return names.empty() ? "nothing" : names;
}

std::string row(const ComparedTensor& t) {
  const TensorError& e = t.error;
  if (!e.mismatch.empty()) return fmt::format("  {:<24} {}\n", t.name, e.mismatch);
  return fmt::format("  {:<24} {:>9.1e} {:>9.1e} {:>9.1e} {:>9.1e} {:>10.1e}  {}\n", t.name,
                     e.max_abs, e.mean_abs, e.max_rel, e.mean_rel, 1 - e.cosine,
                     e.outside == 0
                         ? fmt::format("all {} within", e.elements)
                         : fmt::format("{} of {} outside, the worst at {}: {:.8g} "
                                       "against {:.8g}",
                                       e.outside, e.elements, e.worst, e.worst_a, e.worst_b));
}

}  // namespace

bool AnswerComparison::fits() const noexcept {
  return first_outside() == nullptr && (!boxes || boxes->all());
}

const ComparedTensor* AnswerComparison::first_outside() const noexcept {
  const auto at = std::find_if(tensors.begin(), tensors.end(),
                               [](const ComparedTensor& t) { return !t.error.fits(); });
  return at == tensors.end() ? nullptr : &*at;
}

AnswerComparison compare_answers(const std::string& question, const Answer& a, const Answer& b,
                                 const Tolerance& tolerance, double corners_within) {
  AnswerComparison result;
  result.question = question;
  for (const NamedTensor& t : a.tensors) {
    if (const NamedTensor* other = find(b.tensors, t.name)) {
      result.tensors.push_back(compared(t, *other, tolerance));
    } else {
      result.only_in_one.push_back("'" + t.name + "' (A)");
    }
  }
  for (const NamedTensor& t : b.tensors) {
    if (find(a.tensors, t.name) == nullptr) result.only_in_one.push_back("'" + t.name + "' (B)");
  }
  if (result.tensors.empty() && a.tensors.size() == b.tensors.size()) {
    result.only_in_one.clear();
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
      result.tensors.push_back(compared(a.tensors[i], b.tensors[i], tolerance));
    }
  }
  if (result.tensors.empty()) {
    throw Error(ErrorCode::mismatch,
                fmt::format("A and B have no tensor in common: A answers with {}, B with {}",
                            names_of(a), names_of(b)));
  }
  if (a.boxes && b.boxes) result.boxes = match_boxes(*a.boxes, *b.boxes, corners_within);
  return result;
}

std::string to_text(const AnswerComparison& c, double corners_within) {
  std::string text =
      fmt::format("\n{}\n  {:<24} {:>9} {:>9} {:>9} {:>9} {:>10}\n", c.question, "tensor",
                  "max abs", "mean abs", "max rel", "mean rel", "1 - cosine");
  for (const ComparedTensor& t : c.tensors) text += row(t);
  for (const std::string& name : c.only_in_one) text += fmt::format("  only in one: {}\n", name);
  if (c.boxes) {
    const BoxMatch& m = *c.boxes;
    text += fmt::format("  boxes: {} and {}, {} matched with corners within {:g} m", m.a, m.b,
                        m.matched, corners_within);
    if (m.matched > 0) {
      text += fmt::format(" (at most {:.1e} m and scores {:.1e} apart)", m.corners, m.scores);
    }
    if (m.opposite > 0) text += fmt::format(", {} turned by half a turn", m.opposite);
    if (m.same_centre > 0) text += fmt::format(", {} with the centre only", m.same_centre);
    text += "\n";
  }
  return text;
}

std::string to_json(const ComparisonHead& head, const std::vector<AnswerComparison>& comparisons) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  bool fits = true;
  for (const AnswerComparison& c : comparisons) {
    fits = fits && c.fits();
    Json tensors = Json::array();
    for (const ComparedTensor& t : c.tensors) {
      const TensorError& e = t.error;
      Json json{{"name", t.name}, {"shape", t.shape}, {"within", e.fits()}};
      if (!e.mismatch.empty()) {
        json["mismatch"] = e.mismatch;
      } else {
        json.update({{"max_abs", e.max_abs},
                     {"mean_abs", e.mean_abs},
                     {"max_rel", e.max_rel},
                     {"mean_rel", e.mean_rel},
                     {"cosine", e.cosine},
                     {"elements", e.elements},
                     {"outside", e.outside}});
      }
      tensors.push_back(std::move(json));
    }
    Json json{{"input", c.question}, {"within", c.fits()}, {"tensors", tensors}};
    if (c.boxes) {
      json["boxes"] = {{"a", c.boxes->a},
                       {"b", c.boxes->b},
                       {"matched", c.boxes->matched},
                       {"corners", c.boxes->corners},
                       {"scores", c.boxes->scores},
                       {"opposite", c.boxes->opposite},
                       {"same_centre", c.boxes->same_centre}};
    }
    const ComparedTensor* first = c.first_outside();
    json["first_outside"] = first != nullptr ? Json(first->name) : Json();
    list.push_back(std::move(json));
  }
  const Json all{{"schema", 1},
                 {"a", head.a},
                 {"b", head.b},
                 {"note", head.note},
                 {"atol", head.tolerance.atol},
                 {"rtol", head.tolerance.rtol},
                 {"corners_within", head.corners_within},
                 {"within", fits},
                 {"inputs", list}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace colonnade
