#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/csv.hpp"
#include "report/json_lines.hpp"
#include "report/stat_fields.hpp"
#include "report/table.hpp"

namespace colonnade {
namespace {

const std::vector<std::string> kClasses{"Car", "traffic \"cone\", small"};

Detections two_boxes() {
  Detections d;
  Box car;
  car.x = 12.345678F, car.y = -2.5e-05F, car.z = -0.1F, car.length = 3.9F;
  car.width = 1.6F, car.height = 1.56F, car.yaw = -1.5707964F, car.score = 0.9876543F;
  Box cone;
  cone.label = 1, cone.x = 1e20F, cone.score = 1, cone.yaw = 3.1415927F, cone.vx = -2.5F;
  d.boxes = {car, cone};
  d.stats.points = 9'000'000'000;
  d.stats.pillars = 3945;
  d.stats.over_pillar_cap = 7;
  d.times_ms.total = 12.3456789;
  return d;
}

TEST(JsonLines, IsExactlyTheDocumentedLine) {
  Detections d;
  d.boxes.resize(1);
  d.boxes[0].score = 0.5F;
  d.boxes[0].x = 1.25F;
  EXPECT_EQ(json_line("a.bin", d, kClasses),
            "{\"schema\": 1, \"file\": \"a.bin\", \"boxes\": [{\"label\": \"Car\", \"score\": 0.5, "
            "\"x\": 1.25, \"y\": 0, \"z\": 0, \"length\": 0, \"width\": 0, \"height\": 0, \"yaw\": "
            "0}], \"stats\": {\"points\": 0, \"non_finite\": 0, \"zero_returns\": 0, "
            "\"self_hits\": 0, \"outside_fov\": 0, \"out_of_range\": 0, \"over_pillar_points\": 0, "
            "\"over_pillar_cap\": 0, \"pillars\": 0, \"candidates\": 0, \"candidates_truncated\": "
            "0, \"boxes_truncated\": 0, \"boxes_out_of_range\": 0}, \"times_ms\": {\"prepare\": 0, "
            "\"pillarize\": 0, \"pfn\": "
            "0, \"scatter\": 0, \"rpn\": 0, \"decode\": 0, \"nms\": 0, \"total\": 0}}\n");
}

TEST(JsonLines, FloatsComeBackBitForBit) {
  const Detections d = two_boxes();
  const auto json = nlohmann::json::parse(json_line("a", d, kClasses));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& box = json["boxes"][i];
    EXPECT_EQ(box["x"].get<float>(), d.boxes[i].x);
    EXPECT_EQ(box["y"].get<float>(), d.boxes[i].y);
    EXPECT_EQ(box["score"].get<float>(), d.boxes[i].score);
    EXPECT_EQ(box["yaw"].get<float>(), d.boxes[i].yaw);
    EXPECT_FALSE(box.contains("vx"));
  }
  EXPECT_EQ(json["stats"]["points"], 9'000'000'000);
  EXPECT_EQ(json["times_ms"]["total"], 12.3457);
}

TEST(JsonLines, VelocityOnlyWhereTheModelHasIt) {
  Detections d = two_boxes();
  d.has_velocity = true;
  const auto json = nlohmann::json::parse(json_line("a", d, kClasses));
  EXPECT_EQ(json["boxes"][1]["vx"], -2.5);
  EXPECT_EQ(json["boxes"][1]["vy"], 0);
}

TEST(JsonLines, AnyFileNameAndAnyNumberStayValidJson) {
  Detections d = two_boxes();
  d.boxes[0].x = std::numeric_limits<float>::quiet_NaN();
  d.boxes[0].y = std::numeric_limits<float>::infinity();
  d.boxes[0].label = 99;
  d.boxes[1].label = -1;
  const std::string line = json_line("a\"b\\c\n\x01\xff.bin", d, kClasses);
  EXPECT_EQ(line.find('\n'), line.size() - 1);  // One line, whatever the name.
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["file"], "a\"b\\c\n\x01\xef\xbf\xbd.bin");
  EXPECT_TRUE(json["boxes"][0]["x"].is_null());
  EXPECT_TRUE(json["boxes"][0]["y"].is_null());
  EXPECT_EQ(json["boxes"][0]["label"], "class_99");
  EXPECT_EQ(json["boxes"][1]["label"], "class_-1");
}

TEST(StatFields, NameEachMemberOnce) {
  FrameStats stats;
  for (const StatField& field : kStatFields) {
    EXPECT_EQ(stats.*field.member, 0) << field.name << " stands for a member that another row has";
    stats.*field.member = 1;
  }
}

TEST(Csv, HeaderAndRowsHaveTheSameColumns) {
  Detections d = two_boxes();
  EXPECT_EQ(csv_header(false), "file,label,score,x,y,z,length,width,height,yaw\n");
  EXPECT_EQ(csv_header(true), "file,label,score,x,y,z,length,width,height,yaw,vx,vy\n");
  EXPECT_EQ(csv_rows("a,b.bin", d, kClasses),
            "\"a,b.bin\",Car,0.9876543,12.345678,-2.5e-05,-0.1,3.9,1.6,1.56,-1.5707964\n"
            "\"a,b.bin\",\"traffic \"\"cone\"\", small\",1,1e+20,0,0,0,0,0,3.1415927\n");
  d.boxes.resize(1);
  d.has_velocity = true;
  EXPECT_EQ(csv_rows("a", d, kClasses),
            "a,Car,0.9876543,12.345678,-2.5e-05,-0.1,3.9,1.6,1.56,-1.5707964,0,0\n");
  d.boxes.clear();
  EXPECT_EQ(csv_rows("a", d, kClasses), "");
}

TEST(Table, ShowsDegreesAndDistance) {
  Detections d = two_boxes();
  d.boxes.resize(1);
  d.boxes[0].x = 3, d.boxes[0].y = 4;
  EXPECT_EQ(box_table(d, kClasses),
            "  class  score        x        y        z  length  width  height     yaw  distance\n"
            "  Car    0.988     3.00     4.00    -0.10    3.90   1.60    1.56   -90.0      5.00\n");
  d.boxes[0].vx = 3, d.boxes[0].vy = -4, d.has_velocity = true;
  const std::string table = box_table(d, kClasses);
  EXPECT_EQ(table.substr(table.size() - 8), "   5.00\n");
  d.boxes.clear();
  EXPECT_EQ(box_table(d, kClasses), "  no boxes\n");
}

TEST(Table, StatsLeaveOutWhatDidNotHappen) {
  EXPECT_EQ(stats_text(two_boxes()),
            "  counts: points 9000000000, over_pillar_cap 7, pillars 3945, candidates 0\n"
            "  milliseconds: prepare 0.00, pillarize 0.00, pfn 0.00, scatter 0.00, rpn 0.00, "
            "decode 0.00, nms 0.00, total 12.35\n");
}

}  // namespace
}  // namespace colonnade
