import{r as e,s as t}from"./texts-DJh2U8vx.js";async function n(){let{default:n}=e()===`de`?await t(()=>import(`./_virtual_emoji-de-cK-WMJ4X.js`),[]):await t(()=>import(`./_virtual_emoji-en-BGUxneEi.js`),[]);return n.split(`

`).map(e=>e.split(`
`).map(e=>{let[t=``,n=``,r=``]=e.split(`	`);return{emoji:t,name:n,words:`${n} ${r}`.toLowerCase()}}))}function r(e,t,n){let r=t.toLowerCase().split(/\s+/).filter(Boolean),i=[];for(let t of e.flat()){let e=t.words.split(` `);if(r.every(t=>e.some(e=>e.startsWith(t)))&&i.push(t),i.length>=n)break}return i}export{r as foundEmoji,n as loadEmoji};