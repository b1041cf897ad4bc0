#include "app/dkim_options.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

// RFC 8463 section A.2, and another.
constexpr std::string_view kKey =
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n";
constexpr std::string_view kOtherKey =
    "TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=\n";

class DkimOptions : public testing::Test {
 protected:
  std::string file(const char* name, std::string_view text,
                   mode_t mode = 0600) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path.string();
  }
  static Invocation invocation(std::vector<DkimConfig::Key> keys,
                               std::string domain = "") {
    Invocation invocation;
    invocation.dkim = DkimConfig{std::move(domain), std::move(keys), "c:1:1"};
    return invocation;
  }
  static Error failure(const Invocation& invocation,
                       std::string_view from = "crepes.fr") {
    const auto signer = dkim_signer(invocation, from);
    return signer ? Error{ErrorKind::internal, "a signer"} : signer.error();
  }

  test::TempDir folder_;
};

TEST_F(DkimOptions, NothingIsSignedWithoutAKey) {
  const auto signer = dkim_signer(Invocation{}, "crepes.fr");
  ASSERT_TRUE(signer);
  EXPECT_FALSE(signer->has_value());
}

TEST_F(DkimOptions, NoDkimLeavesTheKeyAlone) {
  auto typed = invocation({{"s", "/absent"}});
  typed.options.set("no-dkim", {"", "command line"});
  const auto signer = dkim_signer(typed, "crepes.fr");
  ASSERT_TRUE(signer);
  EXPECT_FALSE(signer->has_value());
}

TEST_F(DkimOptions, TheDomainIsThatOfTheTableElseThatOfFrom) {
  const auto key = file("key", kKey);
  const auto domain = [&](std::string configured, std::string_view from) {
    const auto signer =
        dkim_signer(invocation({{"s", key}}, std::move(configured)), from);
    return signer ? (*signer)->identities()[0].domain
                  : signer.error().one_line();
  };
  EXPECT_EQ(domain("", "crepes.fr"), "crepes.fr");
  EXPECT_EQ(domain("", "Crêpes.example"), "xn--crpes-isa.example");
  EXPECT_EQ(domain("mail.example", "crepes.fr"), "mail.example");
  EXPECT_EQ(domain("mail.example", ""), "mail.example");
}

TEST_F(DkimOptions, EachKeyKeepsItsSelector) {
  const auto signer = dkim_signer(
      invocation({{"a", file("a", kKey)}, {"b", file("b", kOtherKey)}}),
      "crepes.fr");
  ASSERT_TRUE(signer) << signer.error().one_line();
  const auto& identities = (*signer)->identities();
  ASSERT_EQ(identities.size(), 2u);
  EXPECT_EQ(identities[0].selector, "a");
  EXPECT_EQ(identities[0].key.record(),
            "v=DKIM1; k=ed25519; p="
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  EXPECT_EQ(identities[1].selector, "b");
  EXPECT_NE(identities[1].key.record(), identities[0].key.record());
}

TEST_F(DkimOptions, FromWithoutADomainCannotBeSigned) {
  const auto key = file("key", kKey);
  for (const std::string_view from : {"", "a b", "[192.0.2.1]", "192.0.2.1"}) {
    const auto error = failure(invocation({{"s", key}}), from);
    EXPECT_EQ(error.kind, ErrorKind::bad_input) << from;
    EXPECT_NE(error.hint.find("c:1:1"), std::string::npos);
  }
}

TEST_F(DkimOptions, AKeyFileThatCannotBeUsedIsAWrongConfiguration) {
  struct Case {
    const char* why;
    std::string path;
    const char* message;
  };
  const auto absent = (folder_.path() / "absent").string();
  const Case cases[] = {
      {"absent", absent, "No such file or directory"},
      {"readable by others", file("group", kKey, 0640),
       "others may read the file"},
      {"no key", file("text", "hello\n"), "there is no private key in it"},
      {"empty", file("empty", ""), "there is no private key in it"},
      {"a folder", folder_.path().string(), "Is a directory"},
      {"large", file("large", std::string(70'000, 'x')), "more than 64 KiB"},
  };
  for (const auto& c : cases) {
    const auto error = failure(invocation({{"s", c.path}}));
    EXPECT_EQ(error.kind, ErrorKind::config) << c.why;
    EXPECT_EQ(error.one_line(), "DKIM key " + c.path + ": " + c.message)
        << c.why;
    EXPECT_FALSE(error.hint.empty()) << c.why;
  }
}

TEST_F(DkimOptions, TwoKeysCannotHaveOneSelector) {
  const auto key = file("key", kKey);
  EXPECT_EQ(failure(invocation({{"s", key}, {"S", key}})).kind,
            ErrorKind::config);
}

}  // namespace
}  // namespace mailtool::app
