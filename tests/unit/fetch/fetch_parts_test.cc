// The small parts of fetch: mbox, identity, the plan.

#include <gtest/gtest.h>

#include "app/fetch_receiver.h"
#include "app/fetch_state.h"
#include "app/mboxrd.h"

namespace mailtool::app {
namespace {

struct Mbox {
  const char* why;
  std::string content;
  std::string quoted;
};

const Mbox kMboxes[] = {
    {"plain", "a\n", "a\n\n"},
    {"no last line end", "a", "a\n\n"},
    {"empty", "", "\n"},
    {"quoted", "From me\n>From you\n>>From us\n",
     ">From me\n>>From you\n>>>From us\n\n"},
    {"not quoted", "from me\nFrom\n From me\n>from\nFromage\n",
     "from me\nFrom\n From me\n>from\nFromage\n\n"},
    {"only the beginning", "Fro", "Fro\n\n"},
    {"after an empty line", "a\n\nFrom b\n", "a\n\n>From b\n\n"},
};

TEST(Mboxrd, EverySplitGivesTheSame) {
  for (const auto& c : kMboxes) {
    for (std::size_t chunk = 1; chunk <= c.content.size() + 1; ++chunk) {
      StringSink out(1000);
      MboxrdWriter mbox(out);
      ASSERT_TRUE(mbox.begin(0));
      for (std::size_t at = 0; at < c.content.size(); at += chunk) {
        ASSERT_TRUE(mbox.write(std::string_view(c.content).substr(at, chunk)));
      }
      ASSERT_TRUE(mbox.end());
      EXPECT_EQ(out.text(),
                "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n" + c.quoted)
          << c.why << " by " << chunk;
    }
  }
}

TEST(MaildropIdentity, IsUserAndHostWhateverElse) {
  const ServerUrl plain{"pop3", "bob", "Mail.Example", 110, ""};
  const ServerUrl tls{"pop3s", "bob", "mail.example.", 995, ""};
  EXPECT_EQ(maildrop_identity("bob", plain), "bob@mail.example");
  EXPECT_EQ(maildrop_identity("bob", tls), "bob@mail.example");
  EXPECT_NE(maildrop_identity("Bob", tls), maildrop_identity("bob", tls));
}

TEST(FetchPlan, ManyEqualIdsTakeNoLongerThanOthers) {
  pop3::Maildrop maildrop;
  const std::uint32_t count = 100'000;
  for (std::uint32_t n = 1; n <= count; ++n) {
    ASSERT_TRUE(maildrop.add_size({n, 5}, count));
    ASSERT_TRUE(maildrop.add_uid({n, "same"}));
  }
  FetchOptions options;
  options.destinations.push_back(maildir_name("/x"));
  std::vector<std::unique_ptr<store::Journal>> journals;
  journals.push_back(
      *store::Journal::read("/nonexistent/journal", "owner", "maildir:/x"));
  const auto plan = make_plan(options, maildrop, journals, 0);
  for (const auto& message : plan.messages) {
    ASSERT_EQ(message.action, FetchAction::fetch);
    ASSERT_TRUE(message.ambiguous);
  }
}

}  // namespace
}  // namespace mailtool::app
