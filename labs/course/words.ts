import type { Language } from './language.ts';

/** The words that stand between the texts of a course, in one language. */
export interface Words {
  step: string;
  prediction: string;
  yourPrediction: string;
  happened: string;
  right: string;
  otherwise: string;
  hint: string;
  mistake: string;
  solution: string;
  since: string;
  done: string;
  notDone: string;
  expected: string;
  observed: string;
  look: string;
  read: string;
  /** Before the command that tells why the step works as it does. */
  explained: string;
  next: string;
  /** Where English stands in for a missing text. */
  fallback: string;
  /** On the page of `workshop play`. */
  noRequests: string;
  requests: string;
  joins: string;
  leaves: string;
  noEndpoints: string;
  notReady: string;
  /** The last line of the page; fits 80 columns. */
  keys: string;
}

export const words: Readonly<Record<Language, Words>> = {
  en: {
    step: 'Step',
    prediction: 'What do you expect?',
    yourPrediction: 'Your prediction',
    happened: 'What happened',
    right: 'as you expected',
    otherwise: 'not as you expected',
    hint: 'Hint',
    mistake: 'What went wrong',
    solution: 'Solution',
    since: 'What changed since the document',
    done: 'done',
    notDone: 'not done yet',
    expected: 'expected',
    observed: 'observed',
    look: 'look at',
    read: 'read',
    explained: 'Why it is so',
    next: 'Next',
    fallback: 'There is no text in this language yet; this is the English one.',
    noRequests: 'requests: none yet',
    requests: 'requests, newest first',
    joins: 'joins',
    leaves: 'leaves',
    noEndpoints: 'no endpoints',
    notReady: 'not ready',
    keys: 'Alt+Up, Alt+Down: scroll text   Ctrl-b, arrow: other pane   exit: leave',
  },
  ko: {
    step: '단계',
    prediction: '어떻게 될까요?',
    yourPrediction: '나의 예상',
    happened: '실제 결과',
    right: '예상과 같습니다',
    otherwise: '예상과 다릅니다',
    hint: '힌트',
    mistake: '무엇이 잘못되었나요',
    solution: '풀이',
    since: '문서 이후에 바뀐 점',
    done: '완료',
    notDone: '아직 완료되지 않음',
    expected: '기대',
    observed: '관찰',
    look: '확인할 곳',
    read: '참고',
    explained: '왜 그런지',
    next: '다음',
    fallback: '이 언어로 된 글이 아직 없어 영어로 보여 줍니다.',
    noRequests: '요청: 아직 없음',
    requests: '요청(최근 것부터)',
    joins: '추가됨:',
    leaves: '빠짐:',
    noEndpoints: '엔드포인트 없음',
    notReady: '준비되지 않음',
    keys: 'Alt+Up, Alt+Down: 글 스크롤   Ctrl-b, 화살표: 다른 창   exit: 나가기',
  },
  zh: {
    step: '步骤',
    prediction: '你认为会怎样？',
    yourPrediction: '你的预测',
    happened: '实际结果',
    right: '与预测一致',
    otherwise: '与预测不同',
    hint: '提示',
    mistake: '哪里出了问题',
    solution: '解答',
    since: '文档之后的变化',
    done: '已完成',
    notDone: '尚未完成',
    expected: '预期',
    observed: '实际',
    look: '查看',
    read: '参考',
    explained: '为什么',
    next: '下一步',
    fallback: '还没有这种语言的文本，以下为英文。',
    noRequests: '请求：暂无',
    requests: '请求（最新在前）',
    joins: '加入',
    leaves: '离开',
    noEndpoints: '没有端点',
    notReady: '未就绪',
    keys: 'Alt+Up, Alt+Down: 滚动文本   Ctrl-b, 方向键: 切换窗格   exit: 退出',
  },
};
