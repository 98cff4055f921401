// What the page says. Each reason: what is the case, in Chinese and English, and what to do about it.

const VERDICTS = {
  holds: ['相符', 'It agrees'],
  fails: ['不相符', 'It does not agree'],
  unreadable: ['看不懂', 'It cannot be read'],
  open: ['还没有核完', 'Not checked to the end'],
};

const CHECKS = {
  position: ['序号', 'Position'],
  signature: ['账本的签名', 'The journal’s signature'],
  path: ['证明', 'Proof'],
  posted: ['公示', 'Posted checkpoint'],
  witness: ['见证签名', 'Cosigners'],
};

const ASK_ANEW = [
  '请向开具凭证的窗口要一份新的，用文件传送，不要改动。若新的仍然不符，把两份都留好，交审计人员。',
  'Ask the desk for a new one, as a file. If that does not agree either, keep both and give them to an auditor.',
];
const TAKE_WHOLE = [
  '请把整份重新复制或直接选择文件，一个字也不要少、不要改。',
  'Copy the whole of it again or choose the file itself; nothing may be missing or changed.',
];
const RETAKE_SHORT = [
  '请重新扫码、整段复制。短凭证里有连着的空格，有的软件会吃掉；不行就改用凭证文件。',
  'Scan again and copy all of it. The short form has runs of blanks that some apps drop; the file has none.',
];
const KEEP_BOTH = [
  '先核对有没有抄错。若没有抄错，请把凭证和公示的照片都留好，交审计人员或上级单位：这就是证据。',
  'See first that nothing was copied wrongly. If nothing was, keep the receipt and a picture of the notice and give ' +
    'them to an auditor: they are evidence.',
];
const KEY_FROM = [
  '公钥是一行“名称+8位编号+一串字母”，公示上印作“验证公钥”。请从公示栏、上级单位或审计人员处取得，不要只听开凭证的窗口说。',
  'The key is a line NAME+ID+LETTERS. Take it from the notice board, a higher office or an auditor, not from the ' +
    'desk that made the receipt alone.',
];

const REASONS = {
  agrees: [
    '这一笔在账本里，与公示的检查点一致，一个字也没有改过。',
    'The entry stands in the journal as the posted checkpoint has it; not a letter was changed.',
    '这说明它记进了账本、没有被改动。后来是否确认、冲正或用掉，要看自己的积分明细。',
    'It shows that it was recorded and not altered. Whether it was confirmed, reversed or spent later, your statement ' +
      'tells.',
  ],

  receipt_missing: ['还没有给出凭证。', 'No receipt was given.', '请先粘贴凭证，或选择文件。', 'Paste a receipt or choose its file.'],
  receipt_form: [
    '第一格里的不是凭证。', 'What stands in the first field is no receipt.',
    '凭证文件以 c2sp.org/tlog-proof@v1 开头，二维码里的短凭证以 NXR1: 开头。',
    'The file begins with c2sp.org/tlog-proof@v1, the short form of the QR code with NXR1:.',
  ],
  receipt_broken: ['凭证残缺，或被改动过格式。', 'The receipt is damaged.', ...TAKE_WHOLE],
  receipt_note: [
    '凭证里的检查点残缺，或有本页不认识的行。', 'The receipt’s checkpoint is damaged or has lines unknown here.',
    ...TAKE_WHOLE,
  ],
  receipt_note_unsigned: ['凭证里缺了签名那几行。', 'The receipt lacks its signatures.', ...TAKE_WHOLE],
  receipt_entry: ['凭证里的条目读不出来。', 'The entry in the receipt cannot be read.', ...ASK_ANEW],
  short_broken: ['短凭证残缺。', 'The short receipt is damaged.', ...RETAKE_SHORT],
  short_version: [
    '这份短凭证的版本比本页新。', 'The short receipt is of a later version than this page.',
    '请打开新的核对页，或改用凭证文件。', 'Use a newer page, or the receipt’s file.',
  ],
  posted: ['第二格里的不是检查点，或残缺了。', 'What stands in the second field is no whole checkpoint.', ...TAKE_WHOLE],
  posted_unsigned: [
    '公示的检查点缺了签名那几行。', 'The posted checkpoint lacks its signatures.',
    '请扫公示上的二维码取得整份，或照抄公示上从“积分账本检查点”起的那几行。',
    'Scan the code on the notice for the whole of it, or copy its printed lines.',
  ],
  posted_receipt: [
    '第二格里放的是凭证，不是公示的检查点。', 'The second field holds a receipt, not the posted checkpoint.',
    '检查点要从公示栏取得：扫公示上的二维码，或照抄那几行。', 'Take the checkpoint from the notice board.',
  ],
  posted_block: [
    '公示上的几行字没有抄全。', 'The printed lines are not complete.',
    '要有账本标识、截至序号、默克尔根（8 组，每组 8 个字符）、杂凑算法。',
    'Origin, size, root (eight groups of eight characters) and hash are needed.',
  ],
  key_form: ['公钥这一行读不出来。', 'A key cannot be read.', ...KEY_FROM],
  key_id: [
    '公钥抄错了：中间的编号与内容对不上。', 'The key was copied wrongly: its id does not fit it.',
    '请重新复制整行，一个字符也不能错。', 'Copy the whole line again.',
  ],
  key_secret: [
    '这是私钥，不是公钥。', 'This is a secret key.',
    '请立刻从这里删掉，并告诉账本的管理人员：私钥不该给任何人看。', 'Delete it and tell the office: nobody should see it.',
  ],
  file: [
    '这个文件读不了。', 'The file cannot be read.',
    '请选择凭证或检查点的文件，或改为粘贴文字。', 'Choose a receipt’s or checkpoint’s file, or paste the text.',
  ],
  picture: [
    '没有从图片里认出二维码。', 'No QR code was found in the picture.',
    '请让二维码占满画面再拍，或用任意扫码软件扫出文字，粘贴到格子里。',
    'Let the code fill the picture, or scan it with any app and paste the text.',
  ],
  picture_unknown: [
    '这个浏览器认不出图片里的二维码。', 'This browser does not read QR codes from pictures.',
    '请用任意扫码软件扫出文字，复制后粘贴到格子里。', 'Scan the code with any app and paste its text.',
  ],

  position: ['条目自己写的序号，与凭证证明的序号不同。', 'The entry says another position than the receipt proves.', ...ASK_ANEW],
  position_good: ['条目的序号与证明的一致。', 'The entry’s position is the one proved.'],
  key_missing: ['还缺账本的公钥，签名没有核对。', 'The journal’s key is missing: the signature was not checked.', ...KEY_FROM],
  key_missing_short: [
    '还缺账本的公钥。短凭证里没有根，只有签名能证明它属于账本。',
    'The journal’s key is missing. The short form has no root: the signature alone ties it to the journal.',
    ...KEY_FROM,
  ],
  key_of_other: [
    '公钥是另一本账的。', 'The key is of another journal.',
    '请取得这份凭证所属账本的公钥，再核对一次。', 'Take the key of this receipt’s journal and check again.',
  ],
  not_signed: [
    '这把公钥没有签过这份凭证。', 'This key has not signed the receipt.',
    '账本可能换过钥匙：请取得编号与签名相同的公钥。仍对不上，就不要相信这份凭证。',
    'The key may have been replaced: take the one with the id of the signature. If none fits, do not believe the ' +
      'receipt.',
  ],
  signature: ['签名对不上：凭证里的检查点被改过。', 'The signature does not hold: the receipt’s checkpoint was changed.', ...ASK_ANEW],
  signature_short: [
    '签名对不上：短凭证里的条目、证明或大小被改过。',
    'The signature does not hold: entry, proof or size of the short receipt was changed.', ...ASK_ANEW,
  ],
  signature_good: ['账本的钥匙签过，签名成立。', 'The journal’s key signed.'],
  rootless: ['证明残缺，算不出根，这一项无从核对。', 'The proof leads to no root, so this cannot be checked.'],
  path_beyond: ['凭证的序号超出了检查点的范围。', 'The position lies beyond the checkpoint.', ...ASK_ANEW],
  path_short: ['证明不完整，少了几行。', 'The proof is too short.', ...ASK_ANEW],
  path_long: ['证明多出了几行。', 'The proof is too long.', ...ASK_ANEW],
  path_root: [
    '条目或证明被改过：算出的根与签了名的根不同。',
    'Entry or proof was changed: it leads to another root than the signed one.', ...ASK_ANEW,
  ],
  path_good: ['从条目算起，得到检查点的根。', 'From the entry the proof leads to the checkpoint’s root.'],
  path_good_short: ['从条目算出了根；它是否属于账本，由签名说明。', 'A root was computed; whether it is the journal’s, the signature tells.'],
  posted_missing: [
    '还没有与公示的检查点比对。', 'The posted checkpoint was not given.',
    '请扫公示栏上的二维码，或照抄公示上的几行字，放进第二格。',
    'Scan the code on the notice board, or copy its printed lines, into the second field.',
  ],
  posted_origin: [
    '公示的是另一本账的检查点。', 'The posted checkpoint is of another journal.',
    '请找到凭证所属账本的公示，再核对一次。', 'Find the notice of this receipt’s journal.',
  ],
  posted_suite: ['公示与凭证的杂凑算法不同，不会是同一本账。', 'Notice and receipt name different hashes.', ...KEEP_BOTH],
  posted_signature: ['公示的检查点签名对不上，被改过。', 'The posted checkpoint’s signature does not hold.', ...KEEP_BOTH],
  posted_before: [
    '公示在先，这一笔在后：这份公示说不到这一笔。', 'The notice was made before this entry and cannot cover it.',
    '请等下一次公示，再按那次的序号要一份凭证。', 'Wait for the next notice and ask for a receipt under its size.',
  ],
  posted_other_size: [
    '公示与凭证不是同一时刻的：能说凭证自身是否成立，不能说公示的那份里有没有这一笔。',
    'Notice and receipt are of different sizes: whether the receipt holds by itself can be told, not whether the ' +
      'posted one has this entry.',
    '请窗口按公示的“截至序号”重开凭证（receipt make 序号 --size 截至序号），或找与凭证同一序号的公示。',
    'Ask for a receipt under the posted size (receipt make POSITION --size SIZE), or find the notice of the ' +
      'receipt’s size.',
  ],
  posted_two: [
    '同一本账、同一序号，签出了两个不同的根：给人看了两本账。',
    'Two roots were signed for one size: two histories were shown.', ...KEEP_BOTH,
  ],
  posted_root: ['公示的根与凭证的不同。', 'The posted root is another one.', ...KEEP_BOTH],
  posted_key: [
    '所给的公钥不是公示上写的那把。', 'The key given is not the one on the notice.',
    '请用编号与公示“签名密钥”相同的公钥。', 'Use the key whose id stands on the notice.',
  ],
  posted_good: ['与公示的检查点是同一个根。', 'The posted checkpoint has the same root.'],
  witness_none: ['没有见证签名，也没有要求核对。', 'Nobody cosigned, and nobody was asked for.'],
  witness_ignored: [
    '有见证签名，但没有给出其公钥，所以没有核对，也不作数。',
    'There are cosignatures, but no key to check them: they count for nothing here.',
  ],
  witness_signature: ['见证签名对不上。', 'The cosignature does not hold.', ...ASK_ANEW],
  witness_missing: [
    '给了公钥的见证签名方没有签过这一份。', 'A cosigner whose key was given has not cosigned.',
    '请要一份有其见证签名的凭证，或去掉这把公钥再核对。', 'Ask for a receipt with its cosignature, or leave its key out.',
  ],
  witness_good: ['见证签名成立。', 'The cosignatures hold.'],
};
