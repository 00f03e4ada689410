#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file.hpp"
#include "colonnade/model.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"
#include "sample/demo_network.hpp"
#include "temporary_folder.hpp"

namespace colonnade::sample {
namespace {

class DemoModel : public ::testing::Test {
 protected:
  std::string written(const char* name, std::uint64_t seed) const {
    const std::string path = folder.file(name);
    write_demo_network(seed, path);
    return path;
  }

  colonnade::testing::TemporaryFolder folder;
};

TEST_F(DemoModel, IsTheSameEveryTimeAndAnotherWithAnotherSeed) {
  const auto first = WholeFile::read(written("a.onnx", 1));
  const auto second = WholeFile::read(written("b.onnx", 1));
  const auto other = WholeFile::read(written("c.onnx", 2));
  EXPECT_TRUE(first->text() == second->text());
  EXPECT_FALSE(first->text() == other->text());
}

TEST_F(DemoModel, IsRecognisedAsCudaPointPillars) {
  const std::string path = written("pointpillar.onnx", 1);
  const std::vector<GraphFile> files{{path, read_onnx(path)}};
  for (const char* preset : {"openpcdet-kitti", "cuda-pointpillars"}) {
    const ModelSpec spec = import_preset(preset, files);
    ASSERT_EQ(spec.graphs.size(), 1U);
    EXPECT_EQ(spec.graphs[0].file, "pointpillar.onnx");
    EXPECT_EQ(spec.graphs[0].inputs.size(), 3U);
    EXPECT_EQ(spec.graphs[0].outputs.size(), 3U);
    EXPECT_EQ(spec.heads[0].map_width, 216);
    EXPECT_EQ(spec.heads[0].map_height, 248);
    EXPECT_EQ(spec.pillars.max_pillars, 10000);
    const std::string yaml = folder.file("model.yaml");
    write_model_yaml(spec, yaml);
    EXPECT_EQ(read_model_yaml(yaml).classes, spec.classes);
  }
}

}  // namespace
}  // namespace colonnade::sample
