/// \file
/// What the tests of a ServedBox share.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "app/served_box.h"
#include "support/temp_dir.h"

namespace mailtool::app {

using serve::Flags;

class BoxTest : public testing::Test {
 protected:
  std::shared_ptr<ServedBox> open(const std::string& name = "a") {
    auto box = ServedBox::open(disk_, dir_.path() / name, 7);
    EXPECT_TRUE(box) << box.error().one_line();
    return box ? *std::move(box) : nullptr;
  }
  std::uint32_t append(ServedBox& box, std::string_view text, Flags flags = 0) {
    auto one = box.append(flags, 1'795'176'000);
    EXPECT_TRUE(one);
    EXPECT_TRUE((*one)->write(text));
    (*one)->end();
    EXPECT_FALSE((*one)->outcome());
    disk_.sync();
    EXPECT_TRUE((*one)->outcome() && *(*one)->outcome());
    return (*one)->uid();
  }
  static std::string text_of(ServedBox& box, std::uint32_t uid) {
    auto source = box.open(uid);
    if (!source) return source.error().one_line();
    StringSink sink(1000);
    EXPECT_TRUE(copy_all(**source, sink));
    return sink.take();
  }

  test::TempDir dir_;
  ServeDisk disk_{dir_.path()};
};

}  // namespace mailtool::app
