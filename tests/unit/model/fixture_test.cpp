// The presets on real exports, where they are at hand.
#include <gtest/gtest.h>

#include "fixtures.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"
#include "scratch.hpp"

namespace colonnade {
namespace {

std::vector<GraphFile> read(const std::string& family, const std::vector<std::string>& names) {
  std::vector<GraphFile> files;
  for (const std::string& name : names) {
    const std::string path = (*testing::fixtures() / family / name).string();
    files.push_back({path, read_onnx(path)});
  }
  return files;
}

struct Case {
  std::string name, preset, family;
  std::vector<std::string> graphs;
};

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.name;
}

class RealExports : public ::testing::TestWithParam<Case> {};

TEST_P(RealExports, ImportWriteAndRead) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  const Case& test = GetParam();
  const ModelSpec spec = import_preset(test.preset, read(test.family, test.graphs));
  EXPECT_EQ(spec.graphs.size(), test.graphs.size());
  const std::string path = test::scratch("model.yaml");
  write_model_yaml(spec, path);
  EXPECT_EQ(read_model_yaml(path).pillars.max_pillars, spec.pillars.max_pillars);
}

INSTANTIATE_TEST_SUITE_P(
    Presets, RealExports,
    ::testing::Values(
        Case{"three", "smallmunich-car", "a", {"rpn.onnx", "mfn_dynamic.onnx", "pfe_dynamic.onnx"}},
        Case{"opset11",
             "autoware-car",
             "a",
             {"mfn_dynamic_opset11.onnx", "pfe_dynamic.onnx", "rpn.onnx"}},
        Case{"two", "smallmunich-car", "a", {"pfe_dynamic.onnx", "rpn.onnx"}},
        Case{"openpcdet", "openpcdet-kitti", "c", {"pointpillar.onnx"}},
        Case{"cuda", "cuda-pointpillars", "c", {"pointpillar.onnx"}},
        Case{"cuda2021", "cuda-pointpillars", "c", {"pointpillar_scatterbev.onnx"}},
        Case{"multihead",
             "openpcdet-nuscenes-multihead",
             "d",
             {"cbgs_pp_multihead_backbone.onnx", "cbgs_pp_multihead_pfe.onnx"}},
        Case{"zhulf", "zhulf-kitti", "f", {"model.onnx"}}),
    [](const auto& test_case) { return test_case.param.name; });

}  // namespace
}  // namespace colonnade
