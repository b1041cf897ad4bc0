// Properties: what an IMAP server says does not depend on how the octets are
// divided, and the parsers of the client can read all of it.

#include <cstdint>

#include "dialogue/serve/fake_backend.h"
#include "dialogue/serve/fake_store.h"
#include "fuzz/serve/fuzz_session.h"
#include "mailtool/imap/response.h"
#include "mailtool/serve/imap_session.h"

namespace {

using namespace mailtool;
using namespace mailtool::serve;

std::string run(std::string_view input, std::size_t chunk) {
  const ImapSettings settings{
      .host = "mx",
      .clear_text_login = true,
      .max_octets = 10'000,
      .now = [] { return std::int64_t{1'795'176'000}; }};
  FakeStore store;
  store.inbox().put("Subject: a\r\nTo: x: a@b;\r\n\r\nhi\r\n", kSeen);
  store.inbox().put(
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x\r\n"
      "Content-Type: message/rfc822\r\n\r\nFrom: b\r\n\r\nc\r\n--x--\r\n");
  store.inbox().put(
      "Subject: =?utf-8?Q?=C3=BC?=\r\nContent-Type: multipart/mixed;"
      "boundary=y\r\n\r\n--y\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "YQBiYw==\r\n--y\r\nContent-Type: text/html; charset=iso-8859-1; "
      "name=\"=?utf-8?Q?=C3=BC?=\"\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n=E4=\r\nb\r\n--y\r\n"
      "Content-Transfer-Encoding: x-odd\r\n\r\nc\r\n--y--\r\n",
      kSeen);
  store.mailboxes->add("Archive");
  FakeUsers users;
  const auto session = make_imap_session(settings, store, users);
  return said_to(*session, input, chunk, [&] { ++store.disk.synced; });
}

void check(std::string_view said) {
  imap::ResponseFramer framer({64 * 1024 * 1024, 1024 * 1024, 100'000});
  while (!said.empty()) {
    const auto step = framer.feed(said);
    if (!step) std::abort();
    said.remove_prefix(step->consumed);
    if (step->event != imap::ResponseFramer::Event::complete) continue;
    const auto response = parse_response(framer.take());
    const auto* fetched = std::get_if<imap::FetchData>(&response);
    if (fetched != nullptr && (!fetched->uid || fetched->unfinished)) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  std::string input(reinterpret_cast<const char*>(data), n);
  if (!input.empty() && (input[0] & 1) != 0) {
    input = "a LOGIN alice secret\r\nb SELECT INBOX\r\n" + input.substr(1);
  }
  const auto said = run(input, 4096);
  if (run(input, 1) != said) std::abort();
  check(said);
  return 0;
}
