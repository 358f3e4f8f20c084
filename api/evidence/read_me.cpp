#include "api/evidence/read_me.hpp"

namespace pioneer::api::evidence {
namespace {

constexpr std::string_view in_chinese = R"(一、内容
  events.txt、events.html   记录的文字（由 entries/ 算出，可重算比对）
  entries/N.entry           日志第 N 条记录的原始字节
  proofs/N.tlog-proof       该记录在日志中的证明（C2SP tlog-proof），含记录与检查点
  checkpoint                日志签署的检查点，连同见证方的共同签名（C2SP tlog-checkpoint、tlog-cosignature）
  checkpoints/              以往保存的检查点；.consistency 为一致性证明，每行一个 base64 散列
  verifier                  日志的验证公钥（每行一把）；请与公布的公钥核对，不要只信本文件
  key-history               历来的验证公钥及各自启用、停用时的记录数和时间（由现用公钥签署），如有
  stamps/                   时间戳（RFC 3161）：N 为被盖戳的检查点，N.tsr 为回执，如有
  evidence.txt              取证范围
  index.html                可离线核对的网页，如有
密封的内容在记录中是密文；本文件不含任何密钥，也打不开它们。

二、怎样核对
  1. 用浏览器打开 index.html（不联网也可），或运行 pioneer audit evidence-check 文件.zip --verifier 公钥。
  2. 用别人的程序：
     - 检查点签名：Go 的 golang.org/x/mod/sumdb/note，note.Open(checkpoint, note.VerifierList(公钥))。
     - 叶散列 = SHA-256(0x00 ‖ entries/N.entry 的全部字节)。
     - 包含证明：github.com/transparency-dev/merkle 的 proof.VerifyInclusion(rfc6962.DefaultHasher, N, 检查点大小, 叶散列, proofs/N.tlog-proof 中的散列, 检查点根)。
     - 一致性：proof.VerifyConsistency(…, 旧大小, 新大小, .consistency 中的散列, 旧根, 新根)。
     - 时间戳：openssl ts -verify -in stamps/N.tsr -data stamps/N -CAfile 时间戳机构证书。

三、能证明什么
  这些记录的字节在日志签署该检查点时已在日志的第 N 位，此后未改一字。有日志运营方以外的见证方共同签名，或有时间戳，才能证明不曾倒签；只有日志自己的签名，只说明日志自己这样说。
  修订号连续，说明其间没有漏掉该事项的记录；末尾之后是否还有记录，须以完整镜像用 pioneer audit complete 核对。
)";

constexpr std::string_view in_english = R"(1. What is in it
  events.txt, events.html   the records in words (computed from entries/: compute them again, and compare)
  entries/N.entry           the exact bytes of the log's entry N
  proofs/N.tlog-proof       that it stands in the log (C2SP tlog-proof), with the record and the checkpoint
  checkpoint                as the log signed it, with the cosignatures of witnesses (C2SP tlog-checkpoint, tlog-cosignature)
  checkpoints/              earlier ones that were kept; .consistency: the proof, a base64 hash a line
  verifier                  the log's verifier keys, a line each; compare them with those that were published: do not believe this file alone
  key-history               which of those keys signed from when to when, signed by those that sign now, if it is there:
                            key, records and seconds since 1970 from, and until (- where it still signs)
  stamps/                   time stamps (RFC 3161), if there are any: N is the checkpoint that was stamped, N.tsr the answer
  evidence.txt              what was asked for
  index.html                a page that checks itself without a network, if there is one
What is sealed is ciphertext in the records; no key is in here, and nothing in here opens it.

2. How to check it
  1. Open index.html in a browser, also offline; or run: pioneer audit evidence-check FILE.zip --verifier KEY
  2. With others' programs:
     - the checkpoint's signature: Go's golang.org/x/mod/sumdb/note, note.Open(checkpoint, note.VerifierList(key));
     - leaf hash = SHA-256(0x00 ‖ all bytes of entries/N.entry);
     - inclusion: github.com/transparency-dev/merkle, proof.VerifyInclusion(rfc6962.DefaultHasher, N, the checkpoint's size, leaf hash,
       the hashes in proofs/N.tlog-proof, the checkpoint's root);
     - consistency: proof.VerifyConsistency(…, older size, newer size, the hashes in .consistency, older root, newer root);
     - stamps: openssl ts -verify -in stamps/N.tsr -data stamps/N -CAfile THE-AUTHORITY'S-CERTIFICATE

3. What it proves
  These bytes stood at these places in the log when it signed the checkpoint, and nothing in them was changed since. That nothing was back-dated
  is proven only by cosignatures of witnesses outside the operator's hands, or by stamps; the log's own signature says no more than that the log says so.
  Revisions without a gap show that none of the thing's records is missing between them; whether there are more after the last is answered by a
  whole mirror: pioneer audit complete.
)";

}  // namespace

std::vector<std::string> what_it_is(const Evidence& evidence) {
  return {"先锋日志证据 Evidence from a Pioneer log", "日志 log: " + evidence.origin, "事项 about: " + evidence.stream,
          "查阅范围 entries looked through: " + std::to_string(evidence.from) + " – " + std::to_string(evidence.to),
          "以下文字由 entries/ 中的记录算出。 The words below are computed from the records in entries/."};
}

std::string read_me(const Evidence& evidence) {
  std::string text;
  for (const auto& line : what_it_is(evidence)) text += line + "\n";
  return text + "\n" + std::string(in_chinese) + "\n" + std::string(in_english);
}

}  // namespace pioneer::api::evidence
