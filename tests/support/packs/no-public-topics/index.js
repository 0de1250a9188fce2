const { PolicyPack } = require("@pulumi/policy");

const TOPIC = "gcp:pubsub/topic:Topic";

new PolicyPack("no-public-topics", {
  policies: [
    {
      name: "topic-not-public",
      description: "A topic is not named public.",
      enforcementLevel: "mandatory",
      validateResource: ({ type, props }, report) => {
        if (type === TOPIC && String(props.name).startsWith("public")) report(`"${props.name}" is a public topic`);
      },
    },
    {
      name: "topic-labelled",
      description: "A topic has labels.",
      enforcementLevel: "advisory",
      validateResource: ({ type, props }, report) => {
        if (type === TOPIC && !props.labels) report(`"${props.name}" has no labels`);
      },
    },
  ],
});
