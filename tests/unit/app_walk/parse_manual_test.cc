// What scripts and people look up stands in the man page.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "app/message_view.h"
#include "mailtool/mime/defect.h"

namespace mailtool::app {
namespace {

std::string manual() {
  std::ifstream file(MAILTOOL_TESTS "/../man/mailtool-parse.1");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool lists(const std::string& text, std::string_view name) {
  return text.find("\n.It Li " + std::string(name) + "\n") != text.npos;
}

TEST(ParseManual, ListsEveryDefect) {
  const auto text = manual();
  ASSERT_FALSE(text.empty());
  for (std::size_t i = 0; i < mime::kDefectRules; ++i) {
    const auto& about = mime::info(static_cast<mime::DefectRule>(i));
    EXPECT_TRUE(lists(text, about.name)) << about.name;
  }
  EXPECT_FALSE(lists(text, "no-such-rule"));
}

TEST(ParseManual, ListsEveryView) {
  const auto text = manual();
  for (const auto& policy : view_policies()) {
    EXPECT_TRUE(lists(text, policy.name)) << policy.name;
  }
}

}  // namespace
}  // namespace mailtool::app
