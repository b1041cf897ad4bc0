#include "cli/complete.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::cli {
namespace {

using Words = std::vector<std::string>;

class Complete : public testing::Test {
 protected:
  Complete() {
    std::ofstream config(folder_.path() / "c.toml");
    config << "[account.work]\n[account.home]\n";
  }

  std::string ask(const Words& words) const {
    return complete(words, [](std::string_view) { return std::nullopt; });
  }

  // The candidates alone, and the last line.
  std::string brief(const Words& words) const {
    std::string text;
    std::istringstream lines(ask(words));
    std::string line;
    while (std::getline(lines, line)) {
      text += line.substr(0, line.find('\t')) + " ";
    }
    return text;
  }

  std::string config() const { return (folder_.path() / "c.toml").string(); }

 private:
  test::TempDir folder_;
};

TEST_F(Complete, Commands) {
  EXPECT_EQ(brief({"se"}), "send serve :none ");
  EXPECT_EQ(brief({""}), "send fetch imap parse queue serve wait help :none ");
  EXPECT_EQ(brief({}), "send fetch imap parse queue serve wait help :none ");
  EXPECT_EQ(brief({"--json", "f"}), "fetch :none ");
  EXPECT_EQ(brief({"-a", "work", "f"}), "fetch :none ");
  EXPECT_EQ(brief({"help", "i"}), "imap :none ");
}

TEST_F(Complete, CandidatesCarryADescription) {
  EXPECT_EQ(ask({"par"}),
            "parse\ttake a message apart: structure, header, text, "
            "attachments\n:none\n");
}

TEST_F(Complete, Options) {
  EXPECT_EQ(brief({"send", "--subj"}), "--subject :none ");
  EXPECT_EQ(brief({"send", "--tls-m"}), "--tls-min :none ");
  EXPECT_EQ(brief({"parse", "--server"}), ":none ");
  EXPECT_EQ(brief({"imap", "get", "--mark"}), "--mark-seen :none ");
  EXPECT_EQ(brief({"imap", "search", "--mark"}), ":none ");
}

TEST_F(Complete, Values) {
  EXPECT_EQ(brief({"send", "--tls", "o"}), "opportunistic off :none ");
  EXPECT_EQ(brief({"send", "--tls=o"}), "--tls=opportunistic --tls=off :none ");
  EXPECT_EQ(brief({"send", "--attach", ""}), ":file ");
  EXPECT_EQ(brief({"send", "--attach=x"}), ":file ");
  EXPECT_EQ(brief({"parse", "--extract", ""}), ":dir ");
  EXPECT_EQ(brief({"parse", ""}), ":file ");
  EXPECT_EQ(brief({"send", "-vs", ""}), ":none ");
}

TEST_F(Complete, DestinationsAndSecretSources) {
  EXPECT_EQ(brief({"fetch", "--to", ""}),
            "maildir: mbox: dir: pipe: lmtp: - :none ");
  EXPECT_EQ(brief({"fetch", "--to=m"}), "--to=maildir: --to=mbox: :none ");
  EXPECT_EQ(brief({"imap", "--password-from", "k"}), "keyring :none ");
  EXPECT_EQ(brief({"imap", "--password-from", "cmd:x"}), ":none ");
}

TEST_F(Complete, PathsBehindAWord) {
  const auto folder = config().substr(0, config().rfind('/') + 1);
  std::filesystem::create_directory(folder + "Mail");
  std::filesystem::create_directory(folder + ".hidden");
  std::filesystem::create_directory(folder + "esc\x1b[2J");
  EXPECT_EQ(brief({"fetch", "--to", "maildir:" + folder}),
            "maildir:" + folder + "Mail/ :none ");
  EXPECT_EQ(brief({"fetch", "--to", "mbox:" + folder}),
            "mbox:" + folder + "Mail/ mbox:" + folder + "c.toml :none ");
  EXPECT_EQ(brief({"fetch", "--to", "dir:" + folder + ".h"}),
            "dir:" + folder + ".hidden/ :none ");
  EXPECT_EQ(brief({"fetch", "--to", "maildir:/nonexistent/x"}), ":none ");
}

TEST_F(Complete, Accounts) {
  EXPECT_EQ(brief({"--config", config(), "send", "-a", ""}),
            "home work :none ");
  EXPECT_EQ(brief({"--config=" + config(), "--account=w"}),
            "--account=work :none ");
  EXPECT_EQ(brief({"--config", "/nonexistent", "send", "-a", ""}), ":none ");
}

TEST_F(Complete, Verbs) {
  EXPECT_TRUE(brief({"imap", "fo"}).starts_with("folders folder "));
  EXPECT_TRUE(brief({"imap", "folder", "cr"}).starts_with("create "));
  EXPECT_EQ(brief({"imap", "imaps://x", "mo"}), "move :none ");
  EXPECT_EQ(brief({"imap", "-v", "mo"}), "move :none ");
  EXPECT_TRUE(brief({"imap", "get", ""}).starts_with("is:unread "));
}

// Each of these had no candidates.
TEST_F(Complete, ArgumentsOfVerbs) {
  EXPECT_EQ(brief({"imap", "list", "is:un"}), "is:unread :none ");
  EXPECT_EQ(brief({"imap", "list", "from:bob", "is:un"}), "is:unread :none ");
  EXPECT_EQ(brief({"imap", "move", "has"}), "has:attachment :none ");
  EXPECT_EQ(brief({"imap", "move", "1", "has"}), ":none ");
  EXPECT_EQ(brief({"imap", "append", "@tr"}), "@trash :none ");
  EXPECT_EQ(brief({"imap", "append", "@trash", ""}), ":file ");
  EXPECT_EQ(brief({"imap", "append", "@trash", "a", "b"}), ":file ");
  EXPECT_EQ(brief({"imap", "batch", ""}), ":file ");
  EXPECT_EQ(brief({"imap", "batch", "x", ""}), ":none ");
  EXPECT_EQ(brief({"imap", "import", "mail"}), "maildir: :none ");
  EXPECT_EQ(brief({"imap", "imaps://x", "export", "@a"}), "@archive :none ");
  EXPECT_EQ(brief({"imap", "folder", "status", "IN"}), "INBOX :none ");
  EXPECT_EQ(brief({"imap", "folder", "create", "IN"}), ":none ");
  EXPECT_EQ(brief({"imap", "folder", "rename", "a", "IN"}), ":none ");
  EXPECT_EQ(brief({"imap", "folders", "@sent", "@d"}), "@drafts :none ");
  EXPECT_EQ(brief({"imap", "caps", ""}), ":none ");
}

TEST_F(Complete, Flags) {
  EXPECT_EQ(brief({"imap", "flag", "+se"}), "+seen :none ");
  EXPECT_EQ(brief({"imap", "flag", "+seen", "-fl"}), "-flagged :none ");
  EXPECT_EQ(brief({"imap", "flag", "+seen", "-flagged", "+d"}),
            "+draft +deleted :none ");
  EXPECT_EQ(brief({"imap", "flag", "+seen", "+draft", "is:fl"}),
            "is:flagged :none ");
  EXPECT_EQ(brief({"imap", "flag", "--exp"}), "--explain --expect :none ");
  EXPECT_EQ(brief({"imap", "list", "+se"}), ":none ");
}

TEST_F(Complete, ValuesOfVerbs) {
  EXPECT_EQ(brief({"imap", "list", "--sort", "da"}), "date :none ");
  EXPECT_EQ(brief({"imap", "list", "--sort=-da"}), "--sort=-date :none ");
  EXPECT_EQ(brief({"imap", "list", "--fields", "ui"}), "uid :none ");
  EXPECT_EQ(brief({"imap", "list", "--fields", "uid,date,s"}),
            "uid,date,subject uid,date,size uid,date,saved :none ");
  EXPECT_EQ(brief({"imap", "list", "--fields", "subject,size,s"}),
            "subject,size,saved :none ");
  EXPECT_EQ(brief({"imap", "watch", "--events=new,f"}),
            "--events=new,flags :none ");
  EXPECT_EQ(brief({"imap", "append", "--flag", "dr"}), "draft :none ");
  EXPECT_EQ(brief({"imap", "move", "1", "--to", "@tr"}), "@trash :none ");
  EXPECT_EQ(brief({"imap", "list", "-f", "@ar"}), "@archive :none ");
  EXPECT_EQ(brief({"imap", "list", "-f", "IN"}), "INBOX :none ");
  EXPECT_EQ(brief({"imap", "export", "INBOX", "--to", ""}), "maildir: :none ");
  EXPECT_EQ(brief({"imap", "export", "INBOX", "--to=ma"}),
            "--to=maildir: :none ");
}

TEST_F(Complete, BehindDashesThereAreNoOptions) {
  EXPECT_EQ(brief({"parse", "--", "--te"}), ":file ");
}

TEST_F(Complete, HostileWordsHaveNoCandidates) {
  EXPECT_EQ(brief({"bogus", "x"}), ":none ");
  EXPECT_EQ(brief({"send", "--bogus",
                   "--"
                   "="}),
            ":none ");
  EXPECT_EQ(brief({std::string(100000, 'x')}), ":none ");
}

}  // namespace
}  // namespace mailtool::cli
